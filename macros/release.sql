{# The tables that readers get, by the names of the models that make them. #}
{% macro released_tables() -%}
    {{ return([
        'final_features', 'final_interactions', 'final_flows', 'final_hourly_profile', 'final_weekly_profile',
        'data_quality', 'release_report', 'release_run',
    ]) }}
{%- endmacro %}


{#
    A released table, for queries of readers: what was published last, not what a run is about to
    publish. With `schema` that of another release. `dbt show` stops with a sentence where there is
    none; `dbt compile` and `dbt docs generate` need no release.

    select * from {{ released('final_features') }}
#}
{% macro released(name, schema=none) -%}
    {%- do ref(name) -%}
    {%- set place = schema or target.schema -%}
    {%- if execute and flags.WHICH == 'show'
        and adapter.get_relation(database=none, schema=place, identifier=name) is none -%}
        {{ exceptions.raise_compiler_error(
            'There is no table ' ~ name ~ ' in the schema ' ~ place ~ ' of var earlier_release: name the schema of '
            ~ 'an earlier release.' if schema else
            'There is no release in the schema ' ~ place ~ ' yet: make one with `make run` or `dbt build`.'
        ) }}
    {%- endif -%}
    {{ return(api.Relation.create(schema=place, identifier=name)) }}
{%- endmacro %}


{#
    Whether a released table has a row per period. The catalog is asked, not var period: who reads a
    release need not know the vars that it was made with. False where there is no such table.
#}
{% macro has_periods(relation) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) if execute else [] -%}
    {{ return('period' in columns | map(attribute='name')) }}
{%- endmacro %}


{#
    The period that a row of a released table is about: 'all' where the table has no periods.

    select {{ period_in(released('final_features')) }} as period from {{ released('final_features') }}
#}
{% macro period_in(relation) -%}
    {{ 'period' if has_periods(relation) else "'all'" }}
{%- endmacro %}


{#
    Pre-hook of current_release: stops the run before anything is published when the release breaks a
    promise. The promises are the data tests with the tag `release_audit`; `dbt build` runs them by
    itself before it comes here, `dbt run` runs no tests.
#}
{% macro audit_release() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- for test in graph.nodes.values() if test.resource_type == 'test' and 'release_audit' in test.tags
        and test.unique_id not in selected_resources -%}
        {%- set violations = run_query(render(test.raw_code)).rows -%}
        {%- if violations | length > 0 -%}
            {{ exceptions.raise_compiler_error(
                'Nothing was released, the last release stays: ' ~ test.name ~ ' found '
                ~ violations | length ~ ' kinds of violations. See ' ~ test.original_file_path ~ '.'
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#
    on-run-start: stops the run when another one is at work on the same schema. Tests and seeds too
    register the raw files, which another run may be reading.
#}
{% macro lock_run() -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'retry', 'test', 'seed') -%}
        {%- set problem = adapter.lock_run(target.schema) -%}
        {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
    {%- endif -%}
{%- endmacro %}


{# on-run-end: lets the next run begin. #}
{% macro unlock_run() -%}
    {%- if execute -%}{%- do adapter.unlock_run(target.schema) -%}{%- endif -%}
{%- endmacro %}
