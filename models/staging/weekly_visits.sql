{# one row per user, antenna, week and day that counts for the home #}

{{
    config(
        materialized='incremental',
        incremental_strategy='insert_overwrite',
        partition_by=['week'],
        on_schema_change='fail',
    )
}}

{% call sums_by_week() %}
{{ visits(var('home_rule'), 'accepted', by=['period', 'week']) }}
{% endcall %}
