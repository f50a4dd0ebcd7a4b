{# one row per released table and feature #}

{%- set counts = ['call_count', 'sms_count', 'vol_sum'] %}
{%- set outcomes = [
    'released', 'withheld_k', 'withheld_dominance', 'withheld_rest', 'not_existing', 'no_data'
] %}
{%- set profiles = {
    'hour': [ref('hourly_profile_decisions'), ref('hourly_profile_rests')],
    'week': [ref('weekly_profile_decisions'), ref('weekly_profile_rests')],
} %}

with decisions as (

    select
        'final_features' as released_table,
        position,
        feature,
        decision
    from {{ ref('feature_decisions') }}

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
    count(*) as total,
    {%- for decision in outcomes %}
    count_if(decision = '{{ decision }}') as {{ decision }},
    {%- endfor %}
    min(position) as position
from decisions
group by released_table, feature
