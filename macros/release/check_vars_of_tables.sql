{#
    Pre-hook of current_release: stops the run if a table that the release is made of was built with other
    vars than this run has. Only tables that this run does not build can be: those of `dbt run --select`.
#}
{% macro check_vars_of_tables() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set tables = [] -%}
    {%- set differing = [] -%}
    {%- for node in _earlier_tables() -%}
        {%- set property = run_query(
            'show tblproperties ' ~ api.Relation.create(schema=node.schema, identifier=node.alias)
            ~ " ('gnuper.vars')"
        ).columns[1][0] -%}
        {%- set here = vars_of_table(node) -%}
        {%- set there = fromjson(property, {}) -%}
        {%- if there != here -%}
            {%- do tables.append(node.name) -%}
            {%- for name in here if there.get(name) != here[name] and name not in differing -%}
                {%- do differing.append(name) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if tables -%}
        {{ exceptions.raise_compiler_error(
            'Tables that this run did not build are of a run with other vars (' ~ differing | sort | join(', ') ~ '): '
            ~ tables | sort | join(', ') ~ '. Nothing was released. Build them anew, with `dbt run` or `dbt build` '
            ~ 'without --select, or set the vars as they were.'
        ) }}
    {%- endif -%}
{%- endmacro %}


{# The models that are tables, that the release is made of, and that this run does not build. #}
{% macro _earlier_tables() -%}
    {%- set ancestors = [model.unique_id] -%}
    {%- for id in ancestors -%}
        {%- for parent in graph.nodes[id].depends_on.nodes if parent in graph.nodes and parent not in ancestors -%}
            {%- do ancestors.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values()
        if node.unique_id in ancestors and node.unique_id not in selected_resources
        and node.resource_type == 'model' and node.config.materialized == 'table' and node.language == 'sql' -%}
        {#- not there: `--defer` reads somebody else's -#}
        {%- if load_relation(relation_of(node.name)) is not none -%}{%- do found.append(node) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
