{# one row per antenna and period #}

{%- set names = features() | map(attribute='name') | list %}
{%- if var('bandicoot') %}
    {%- set names = names + bandicoot_columns() %}
{%- endif %}

with released as (

    select
        antenna_id,
        transform(
            array_sort(collect_list(struct(
                position,
                feature,
                decision,
                case when decision = 'released' then value end as value
            ))),
            entry -> struct(entry.feature, entry.decision, entry.value)
        ) as features
    from {{ ref('feature_decisions') }}
    group by antenna_id

)

select
    {{ released_period('antennas.antenna_id') }}
    {{ released_antenna('antennas.antenna_id') }} as antenna_id,
    antennas.longitude,
    antennas.latitude,
    {%- for name in names %}
    {%- set value = 'released.features[' ~ loop.index0 ~ '].value' %}
    {{ 'cast(' ~ value ~ ' as bigint)' if name == 'active_users' else value }} as {{ name }},
    {%- endfor %}
    {{ withheld_text('released.features') }} as withheld_features
from {{ ref('antennas') }} as antennas
inner join released
    on antennas.antenna_id = released.antenna_id
