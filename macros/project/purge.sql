{#
    Drops every restricted table of the project with its files: the raw tables and levels 0 to 4 before
    publication, including tables of earlier versions and of runs with other vars. Then drops their schemas,
    if nothing else is in them. The raw files themselves and the release stay. `make purge`, or
    `dbt run-operation purge`.
#}
{% macro purge() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set problem = plugin().lock_run(target.schema) -%}
    {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
    {%- set release_schema = relation_of('current_release').schema -%}
    {%- set nodes = graph.nodes.values()
        | selectattr('package_name', 'equalto', 'gnuper')
        | selectattr('resource_type', 'in', ['model', 'seed'])
        | rejectattr('schema', 'equalto', release_schema) | list -%}
    {#- the catalog knows only lower case -#}
    {%- set schemas = run_query('show schemas').columns[0].values() -%}
    {%- set dropped = [] -%}
    {%- for schema in nodes | map(attribute='schema') | unique if schema | lower in schemas -%}
        {%- set listed = run_query('show tables in ' ~ schema).columns['tableName'].values() | list -%}
        {%- set views = run_query('show views in ' ~ schema).columns['viewName'].values() | list -%}
        {%- for node in nodes if node.schema == schema -%}
            {%- set is_view = node.alias in views or node.alias not in listed and node.config.materialized == 'view' -%}
            {%- do dropped.append(_drop(schema, node.alias, is_view)) -%}
        {%- endfor -%}
        {%- set own = nodes | map(attribute='alias') | list -%}
        {%- for name in _former_tables() if name in listed and name not in own -%}
            {%- do dropped.append(_drop(schema, name, name in views)) -%}
        {%- endfor -%}
        {%- set others = run_query('show tables in ' ~ schema).columns['tableName'].values() | list -%}
        {%- if others -%}
            {%- do exceptions.warn(
                "The schema '" ~ schema ~ "' stays: it holds " ~ others | length ~ ' tables or views that do not belong '
                ~ 'to this project (' ~ others[:5] | join(', ') ~ (', ...' if others | length > 5 else '') ~ ').'
            ) -%}
        {%- else -%}
            {%- do run_query('drop schema ' ~ schema) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if dropped -%}
        {%- do log(
            'Purged ' ~ dropped | length ~ ' restricted tables and views with their files; the release in '
            ~ "'" ~ release_schema ~ "' stays.", info=true
        ) -%}
    {%- else -%}
        {%- do log('There is nothing to purge.', info=true) -%}
    {%- endif -%}
    {%- do _purge_is_over() -%}
{%- endmacro %}


{# Drops a view, or a table (not into a file system's trash). Returns its name. #}
{% macro _drop(schema, name, is_view) -%}
    {%- set relation = api.Relation.create(schema=schema, identifier=name) -%}
    {%- do run_query(
        'drop view if exists ' ~ relation if is_view else 'drop table if exists ' ~ relation ~ ' purge'
    ) -%}
    {{ return(name) }}
{%- endmacro %}


{# Restricted tables that only earlier versions of the project made, or runs with other vars. #}
{% macro _former_tables() -%}
    {{ return([
        'locations', 'user_metrics_part', 'home_rule_agreement',
        'antenna_zones', 'final_zones', 'final_precision', 'final_coverage',
        'user_bandicoot', 'user_bandicoot_errors', 'antenna_bandicoot', 'antenna_indicators',
        'antenna_international', 'bandicoot_features',
    ]) }}
{%- endmacro %}


{# Releases the lock of `dbt run-operation purge`; a run releases its lock at its end. #}
{% macro _purge_is_over() -%}
    {%- if flags.WHICH == 'run-operation' -%}{%- do adapter.unlock_run(target.schema) -%}{%- endif -%}
{%- endmacro %}
