{#
    on-run-start: stops the run when another run works on the same schema. Commands that only read take no
    lock.
#}
{% macro lock_run() -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'retry', 'seed') -%}
        {%- set problem = adapter.lock_run(target.schema) -%}
        {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
    {%- endif -%}
{%- endmacro %}
