{# Pre-hook of pseudonym_key: stops the run when the key file of this machine is missing or unsafe. #}
{% macro check_local_key_file() -%}
    {%- if execute -%}
        {%- set problem = adapter.pseudonym_key_problem(pseudonym_key_file()) -%}
        {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
    {%- endif -%}
{%- endmacro %}
