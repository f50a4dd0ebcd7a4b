{# on-run-end: lets the next run begin. #}
{% macro unlock_run() -%}
    {%- if execute -%}{%- do adapter.unlock_run(target.schema) -%}{%- endif -%}
{%- endmacro %}
