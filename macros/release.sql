{# The tables that readers get, by the names of the models that make them. #}
{% macro released_tables() -%}
    {{ return([
        'final_features', 'final_interactions', 'final_flows', 'final_hourly_profile', 'final_weekly_profile',
        'data_quality', 'release_report', 'release_run',
    ]) }}
{%- endmacro %}


{#
    A released table, for queries of readers: what was published last, not what a run is about to
    publish.

    select * from {{ released('final_features') }}
#}
{% macro released(name) -%}
    {{ ref('current_release').incorporate(path={'identifier': name}) }}
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
