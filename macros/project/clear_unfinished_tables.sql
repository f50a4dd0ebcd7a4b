{#
    on-run-start: removes files that a killed run left without a table. Spark refuses to create a table of
    Parquet in a folder that has files. SQL cannot delete files, but dropping a schema removes its folder.

    Only folders of tables that this run builds are removed, and only if the catalog confirms, asked by
    name, that the table does not exist. A list of tables may be filtered or late.
#}
{% macro clear_unfinished_tables() -%}
    {%- if not execute or flags.WHICH not in ('run', 'build', 'retry', 'seed') -%}{{ return('') }}{%- endif -%}
    {%- set leftover = target.schema ~ '_leftover' -%}
    {#- the catalog knows only lower case -#}
    {%- set schemas = run_query('show schemas').columns[0].values() -%}
    {%- if leftover | lower in schemas -%}{%- do run_query('drop schema ' ~ leftover) -%}{%- endif -%}
    {%- set listed, folders = {}, {} -%}
    {%- for node in graph.nodes.values() if node.unique_id in selected_resources and node.schema | lower in schemas
        and node.config.materialized in ('table', 'incremental', 'seed')
        and node.config.get('file_format') == 'parquet' -%}
        {%- if node.schema not in listed -%}
            {%- do listed.update({
                node.schema: run_query('show tables in ' ~ node.schema).columns['tableName'].values() | list
            }) -%}
            {%- do folders.update({node.schema: _folder_of(node.schema)}) -%}
        {%- endif -%}
        {%- set table = api.Relation.create(schema=node.schema, identifier=node.alias) -%}
        {%- set folder = folders[node.schema] ~ '/' ~ node.alias -%}
        {%- if node.alias not in listed[node.schema] and not adapter.has_no_files(folder)
            and not adapter.exists(table) -%}
            {%- do run_query('create schema ' ~ leftover ~ ' location ' ~ text_literal(folder)) -%}
            {%- do run_query('drop schema ' ~ leftover) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# The folder of a schema's tables. #}
{% macro _folder_of(schema) -%}
    {{ return(
        run_query('describe schema ' ~ schema).rows | selectattr(0, 'equalto', 'Location')
        | map(attribute=1) | first
    ) }}
{%- endmacro %}
