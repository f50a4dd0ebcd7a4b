{#
    on-run-start: drops incremental tables with columns other than those of this version of the project.
    They are built anew from the files.
#}
{% macro drop_outdated_tables() -%}
    {%- if not execute or flags.WHICH not in ('run', 'build', 'retry') -%}{{ return('') }}{%- endif -%}
    {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        if node.config.materialized == 'incremental' and node.config.full_refresh is not false -%}
        {%- set relation = adapter.get_relation(database=none, schema=node.schema, identifier=node.alias) -%}
        {%- if relation is not none -%}
            {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
            {%- if columns | sort != node.columns.keys() | sort -%}
                {%- do adapter.drop_relation(relation) -%}
                {%- do exceptions.warn(
                    'The table ' ~ node.name ~ ' is of another version of this project and is built anew.'
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
