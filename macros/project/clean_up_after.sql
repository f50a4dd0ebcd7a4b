{#
    on-run-end: purges after a run or build without errors, if var clean_up is true. A run that did not
    release keeps its tables, because they are still needed for the release.
#}
{% macro clean_up_after(results) -%}
    {%- if not execute or not var('clean_up') or flags.WHICH not in ('run', 'build') -%}
        {{ return('') }}
    {%- endif -%}
    {%- set failed = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'runtime error']) | list -%}
    {%- set released = results | selectattr('node.name', 'equalto', 'current_release')
        | selectattr('status', 'equalto', 'success') | list -%}
    {%- if failed or not released -%}
        {%- do exceptions.warn('clean_up dropped nothing, because the run did not release everything.') -%}
    {%- else -%}
        {%- do purge() -%}
    {%- endif -%}
{%- endmacro %}
