{#
    on-run-start: removes what a run that was killed left where tables are to be built: files without
    a table, beside which Spark refuses to create one of Parquet. SQL cannot delete files, but a schema
    that is dropped takes its folder along.

    Only the folders of tables that this run builds, and of which the catalog itself says by name that
    they do not exist: a list of tables may be filtered or late.
#}
{% macro clear_unfinished_tables() -%}
    {%- if not execute or flags.WHICH not in ('run', 'build', 'retry', 'seed') -%}{{ return('') }}{%- endif -%}
    {%- set leftover = target.schema ~ '_leftover' -%}
    {%- set schemas = run_query('show schemas').columns[0].values() -%}
    {%- if leftover in schemas -%}{%- do run_query('drop schema ' ~ leftover) -%}{%- endif -%}
    {%- set listed = {} -%}
    {%- for node in graph.nodes.values() if node.unique_id in selected_resources and node.schema in schemas
        and node.config.materialized in ('table', 'incremental', 'seed')
        and node.config.get('file_format') == 'parquet' -%}
        {%- if node.schema not in listed -%}
            {%- do listed.update({
                node.schema: run_query('show tables in ' ~ node.schema).columns['tableName'].values() | list
            }) -%}
        {%- endif -%}
        {%- set table = api.Relation.create(schema=node.schema, identifier=node.alias) -%}
        {%- if node.alias not in listed[node.schema] and not adapter.exists(table) -%}
            {%- do run_query(
                'create schema ' ~ leftover ~ ' location ' ~ text_literal(_folder_of(node.schema) ~ '/' ~ node.alias)
            ) -%}
            {%- do run_query('drop schema ' ~ leftover) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# Where the tables of a schema lie. #}
{% macro _folder_of(schema) -%}
    {{ return(
        run_query('describe schema ' ~ schema).rows | selectattr(0, 'equalto', 'Location')
        | map(attribute=1) | first
    ) }}
{%- endmacro %}
