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
    {%- set place = schema or ref('current_release').schema -%}
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
    on-run-start: stops the run when another one is at work on the same schema. What only reads takes no
    lock.
#}
{% macro lock_run() -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'retry', 'seed') -%}
        {%- set problem = adapter.lock_run(target.schema) -%}
        {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
    {%- endif -%}
{%- endmacro %}


{# on-run-end: lets the next run begin. #}
{% macro unlock_run() -%}
    {%- if execute -%}{%- do adapter.unlock_run(target.schema) -%}{%- endif -%}
{%- endmacro %}
