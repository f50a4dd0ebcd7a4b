{# one row per released table and feature #}

{# not before the check for overlapping releases #}
-- depends_on: {{ ref('release_period') }}

{%- set counts = ['call_count', 'sms_count', 'vol_sum'] %}
{%- set outcomes = ['released', 'withheld_k', 'withheld_dominance', 'not_existing', 'no_data'] %}

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
