{# one row per feature that release_report counts wrongly #}

{#
    The report must agree with the released tables. For each feature the number of released values
    is the number of values in its column, and the total is the number of antennas or of rows of a
    profile. Of pairs the total is not told unless the gate is off.

    A failure means
    (a) the report counts decisions other than those of the release; or
    (b) the report lacks a feature, or has one too many.
#}
{{ config(materialized='ephemeral') }}

{%- set profiles = ['final_hourly_profile', 'final_weekly_profile'] %}

with released as (

    select
        'final_features' as released_table,
        explode(from_json(to_json(struct(*)), 'map<string, string>')) as (feature, value)
    from {{ ref('final_features') }}

    union all

    select
        'final_interactions' as released_table,
        explode(from_json(to_json(struct(*)), 'map<string, string>')) as (feature, value)
    from {{ ref('final_interactions') }}

    {%- for name in profiles %}

    union all

    select
        '{{ name }}' as released_table,
        explode(from_json(to_json(struct(*)), 'map<string, string>')) as (feature, value)
    from {{ ref(name) }}
    {%- endfor %}

),

-- a NULL gives no row
contents as (

    select
        released_table,
        feature,
        count(*) as released
    from released
    where
        feature not like 'antenna\_id%'
        and feature not like 'zone\_%'
        and feature not in (
            'period', 'longitude', 'latitude', 'distance_km', 'hour', 'week', 'withheld_features',
            'withheld_values'
        )
    group by released_table, feature

),

totals as (

    select
        'final_features' as released_table,
        count(*) as total
    from {{ ref('units') }}

    union all

    select
        'final_interactions' as released_table,
        {{ 'count(*)' if var('privacy_k') == 0 else 'cast(null as bigint)' }} as total
    from {{ ref('antenna_interactions') }}

    {%- for name in profiles %}

    union all

    select
        '{{ name }}' as released_table,
        count(*) as total
    from {{ ref(name) }}
    {%- endfor %}

)

select
    coalesce(contents.feature, report.feature) as feature,
    totals.total as values_in_all,
    report.total as reported_in_all,
    contents.released as released_values,
    report.released as reported_as_released
from contents
full outer join {{ ref('release_report') }} as report
    on
        contents.released_table = report.released_table
        and contents.feature = report.feature
left join totals
    on report.released_table = totals.released_table
where
    not totals.total <=> report.total
    or coalesce(contents.released, 0) != coalesce(report.released, 0)
