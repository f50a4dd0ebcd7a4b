{#
    on-run-end: purges after a run or build without errors if var clean_up says so. A run that did
    not reach level 4 keeps its tables, for there is nothing yet that they could be dropped for.
#}
{% macro clean_up_after(results) -%}
    {%- if not execute or not var('clean_up') or flags.WHICH not in ('run', 'build') -%}
        {{ return('') }}
    {%- endif -%}
    {%- set failed = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'runtime error']) | list -%}
    {%- set released = results | selectattr('node.name', 'equalto', 'current_release')
        | selectattr('status', 'equalto', 'success') | list -%}
    {%- if failed or not released -%}
        {%- do exceptions.warn('clean_up was left out, because the run did not release everything.') -%}
    {%- else -%}
        {%- do purge() -%}
    {%- endif -%}
{%- endmacro %}
