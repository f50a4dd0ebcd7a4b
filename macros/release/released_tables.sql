{# The published tables, by the names of their models. #}
{% macro released_tables() -%}
    {{ return([
        'final_features', 'final_interactions', 'final_flows', 'final_hourly_profile', 'final_weekly_profile',
        'data_quality', 'release_report', 'release_run',
    ]) }}
{%- endmacro %}
