{# one row per antenna or zone, and period #}

{%- set names = features() | map(attribute='name') | list %}
{%- set whole = features() | selectattr('type', 'eq', 'bigint') | map(attribute='name') | list %}
{%- if var('bandicoot') %}
    {%- set names = names + bandicoot_columns() %}
{%- endif %}

with gated as (

    select
        antenna_id,
        position,
        feature,
        decision,
        case when decision = 'released' then value end as value
    from {{ ref('feature_decisions') }}

),

judged as (

    select
        gated.antenna_id,
        gated.position,
        gated.feature,
        case when rests.feature is null then gated.decision else 'withheld_rest' end as decision,
        case
            when rests.feature is null then {{ rounded_feature('gated.feature', 'gated.value') }}
        end as value
    from gated
    left join {{ ref('feature_rests') }} as rests
        on
            gated.antenna_id = rests.antenna_id
            and gated.feature = rests.feature

),

released as (

    select
        antenna_id,
        transform(
            array_sort(collect_list(struct(position, feature, decision, value))),
            entry -> struct(entry.feature, entry.decision, entry.value)
        ) as features
    from judged
    group by antenna_id

)

select
    {{ released_period('units.antenna_id') }}
    {{ released_antenna('units.antenna_id') }} as {{ unit_column() }},
    {%- if var('zones') %}
    units.zone_name,
    {%- endif %}
    units.longitude,
    units.latitude,
    {%- for name in names %}
    {%- set value = 'released.features[' ~ loop.index0 ~ '].value' %}
    {{ 'cast(' ~ value ~ ' as bigint)' if name in whole else value }} as {{ name }},
    {%- endfor %}
    {{ withheld_text('released.features') }} as withheld_features
from {{ ref('units') }} as units
inner join released
    on units.antenna_id = released.antenna_id
