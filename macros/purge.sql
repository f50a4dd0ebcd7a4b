{#
    Drops every table of the restricted schema (levels 0 to 3, user-level data and the names over
    the raw files) with its files, and then the schema. The raw files themselves and the release
    stay. `make purge`, or `dbt run-operation purge`.
#}
{% macro purge() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set problem = adapter.lock_run(target.schema) -%}
    {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
    {%- set schema = target.schema ~ '_restricted' -%}
    {%- if schema not in run_query('show schemas').columns[0].values() -%}
        {%- do log("There is nothing to purge: the schema '" ~ schema ~ "' does not exist.", info=true) -%}
        {%- do _purge_is_over() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set views = run_query('show views in ' ~ schema).columns['viewName'].values() | list -%}
    {%- set tables = run_query('show tables in ' ~ schema).columns['tableName'].values()
        | reject('in', views) | list -%}
    {%- for name in views -%}
        {%- do run_query('drop view if exists ' ~ schema ~ '.' ~ name) -%}
    {%- endfor -%}
    {%- for name in tables -%}
        {# purge: not into a file system's trash either #}
        {%- do run_query('drop table if exists ' ~ schema ~ '.' ~ name ~ ' purge') -%}
    {%- endfor -%}
    {%- do run_query('drop schema if exists ' ~ schema ~ ' cascade') -%}
    {%- do log(
        'Purged ' ~ tables | length ~ ' tables and ' ~ views | length ~ " views of '" ~ schema
        ~ "' with their files; the release in '" ~ target.schema ~ "' stays.", info=true
    ) -%}
    {%- do _purge_is_over() -%}
{%- endmacro %}


{# Gives back the lock that `dbt run-operation purge` took; a run gives its own back at its end. #}
{% macro _purge_is_over() -%}
    {%- if flags.WHICH == 'run-operation' -%}{%- do adapter.unlock_run(target.schema) -%}{%- endif -%}
{%- endmacro %}


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
