{# one row per released table and feature #}

{%- set counts = ['call_count', 'sms_count', 'vol_sum'] %}
{%- set outcomes = [
    'withheld_k', 'withheld_dominance', 'withheld_rest', 'not_existing', 'no_data'
] %}
{%- set profiles = {
    'hour': [ref('hourly_profile_decisions'), ref('hourly_profile_rests')],
    'week': [ref('weekly_profile_decisions'), ref('weekly_profile_rests')],
} %}
{#- Exact numbers of withheld pairs would tell how many antennas one antenna interacts with. -#}
{%- set is_told = "released_table != 'final_interactions' or " ~ (var('privacy_k') == 0) %}

with decisions as (

    select
        'final_features' as released_table,
        decisions.position,
        decisions.feature,
        case when rests.feature is null then decisions.decision else 'withheld_rest' end as decision
    from {{ ref('feature_decisions') }} as decisions
    left join {{ ref('feature_rests') }} as rests
        on
            decisions.antenna_id = rests.antenna_id
            and decisions.feature = rests.feature

    union all

    select
        'final_interactions' as released_table,
        stack(
            {{ counts | length }},
            {%- for count in counts %}
            {{ loop.index0 }}, '{{ count }}', {{ count }}_decision{{ ',' if not loop.last }}
            {%- endfor %}
        ) as (position, feature, decision)
    from {{ ref('interaction_decisions') }}

    {%- for time, tables in profiles.items() %}

    union all

    select
        'final_{{ time }}ly_profile' as released_table,
        decisions.position,
        decisions.measure as feature,
        case when rests.measure is null then decisions.decision else 'withheld_rest' end as decision
    from {{ tables[0] }} as decisions
    left join {{ tables[1] }} as rests
        on
            decisions.antenna_id = rests.antenna_id
            and decisions.measure = rests.measure
            and decisions.{{ time }} = rests.{{ time }}
    {%- endfor %}

)

select
    released_table,
    feature,
    case when {{ is_told }} then count(*) end as total,
    count_if(decision = 'released') as released,
    {%- for decision in outcomes %}
    case when {{ is_told }} then count_if(decision = '{{ decision }}') end as {{ decision }},
    {%- endfor %}
    min(position) as position
from decisions
group by released_table, feature
