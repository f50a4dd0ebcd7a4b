{#
    Pre-hook of current_release: stops the run if a table that the release is made of, and that this run does
    not build, does not belong to the others: it was built with other vars than this run has, or before a
    table that it is made of. `dbt run --select` can leave such tables.
#}
{% macro check_earlier_tables() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set builds = {} -%}
    {%- for node in _earlier_tables() -%}
        {%- set property = run_query(
            'show tblproperties ' ~ relation_of(node.name) ~ " ('gnuper.build')"
        ).columns[1][0] -%}
        {%- do builds.update({node.unique_id: fromjson(property, {'at': '', 'vars': {}})}) -%}
    {%- endfor -%}

    {%- set with_other_vars, older, differing = [], [], [] -%}
    {%- for id, build in builds.items() -%}
        {%- set node = graph.nodes[id] -%}
        {%- set here = vars_of_table(node) -%}
        {%- if build.vars != here -%}
            {%- do with_other_vars.append(node.name) -%}
            {%- for name in here if build.vars.get(name) != here[name] and name not in differing -%}
                {%- do differing.append(name) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- for parent in _tables_it_is_made_of(node)
            if parent in selected_resources or parent in builds and builds[parent].at > build.at -%}
            {%- do older.append(node.name) if node.name not in older -%}
        {%- endfor -%}
    {%- endfor -%}

    {%- set remedy = 'Nothing was released. Build them anew, with `dbt run` or `dbt build` without --select' -%}
    {%- if with_other_vars -%}
        {{ exceptions.raise_compiler_error(
            'Tables that this run did not build are of a run with other vars (' ~ differing | sort | join(', ') ~ '): '
            ~ with_other_vars | sort | join(', ') ~ '. ' ~ remedy ~ ', or set the vars as they were.'
        ) }}
    {%- elif older -%}
        {{ exceptions.raise_compiler_error(
            'Tables that this run did not build are older than tables that they are made of: '
            ~ older | sort | join(', ') ~ '. ' ~ remedy ~ '.'
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
    {%- for id in ancestors if id not in selected_resources and _is_table(graph.nodes[id]) -%}
        {#- not there: `--defer` reads somebody else's -#}
        {%- if load_relation(relation_of(graph.nodes[id].name)) is not none -%}
            {%- do found.append(graph.nodes[id]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{# Ids of the tables that a model reads, itself or through views. #}
{% macro _tables_it_is_made_of(node) -%}
    {%- set read = node.depends_on.nodes | list -%}
    {%- for id in read if id in graph.nodes and not _is_table(graph.nodes[id]) -%}
        {%- for parent in graph.nodes[id].depends_on.nodes if parent not in read -%}
            {%- do read.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set tables = [] -%}
    {%- for id in read if id in graph.nodes and _is_table(graph.nodes[id]) -%}{%- do tables.append(id) -%}{%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}


{# Whether a node is a model with rows of its own. #}
{% macro _is_table(node) -%}
    {{ return(node.resource_type == 'model' and node.config.materialized in ('table', 'incremental')) }}
{%- endmacro %}
