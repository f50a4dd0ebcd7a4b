{# one row per released table and feature #}

{%- set counts = ['call_count', 'sms_count', 'vol_sum'] %}
{%- set outcomes = [
    'withheld_k', 'withheld_dominance', 'withheld_rest', 'not_existing', 'no_data'
] %}
{#- decisions, rests, the column with the feature's name, and the columns that identify a value -#}
{%- set tables = {
    'final_features': [ref('feature_decisions'), ref('feature_rests'), 'feature', []],
    'final_hourly_profile': [
        ref('hourly_profile_decisions'), ref('hourly_profile_rests'), 'measure', ['hour']
    ],
    'final_weekly_profile': [
        ref('weekly_profile_decisions'), ref('weekly_profile_rests'), 'measure', ['week']
    ],
} %}
{#- Exact numbers of withheld pairs would tell how many antennas one antenna interacts with. -#}
{%- set is_told = "released_table != 'final_interactions' or " ~ (var('privacy_k') == 0) %}

with decisions as (

    select
        'final_interactions' as released_table,
        stack(
            {{ counts | length }},
            {%- for count in counts %}
            {{ loop.index0 }}, '{{ count }}', {{ count }}_decision{{ ',' if not loop.last }}
            {%- endfor %}
        ) as (position, feature, decision)
    from {{ ref('interaction_decisions') }}

    {%- for table, (decisions, rests, name, keys) in tables.items() %}

    union all

    select
        '{{ table }}' as released_table,
        decisions.position,
        decisions.{{ name }},
        case when rests.{{ name }} is null then decisions.decision else 'withheld_rest' end
            as decision
    from {{ decisions }} as decisions
    left join {{ rests }} as rests
        on
            {%- for key in ['antenna_id', name] + keys %}
            {{ 'and ' if not loop.first }}decisions.{{ key }} = rests.{{ key }}
            {%- endfor %}
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
