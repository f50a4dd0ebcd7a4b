{# one row per ordered pair of antennas whose residents interacted #}

{%- set counts = ['call_count', 'sms_count', 'vol_sum'] %}

with antennas as (

    select
        units.antenna_id,
        units.longitude,
        units.latitude,
        antenna_residents.residents
    from {{ ref('units') }} as units
    inner join {{ ref('antenna_residents') }} as antenna_residents
        on units.antenna_id = antenna_residents.antenna_id

)

select
    antenna_interactions.antenna_id1,
    antenna_interactions.antenna_id2,
    {{ haversine_km(
        'antennas1.latitude', 'antennas1.longitude', 'antennas2.latitude', 'antennas2.longitude'
    ) }} as distance_km,
    {%- for count in counts %}
    antenna_interactions.{{ count }},
    {{ privacy_decision(
        'antenna_interactions.' ~ count,
        users='antenna_interactions.' ~ count ~ '_users',
        largest_share=ratio(
            'antenna_interactions.' ~ count ~ '_largest', 'antenna_interactions.' ~ count
        ),
        residents='least(antennas1.residents, antennas2.residents)',
    ) }} as {{ count }}_decision{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('antenna_interactions') }} as antenna_interactions
inner join antennas as antennas1
    on antenna_interactions.antenna_id1 = antennas1.antenna_id
inner join antennas as antennas2
    on antenna_interactions.antenna_id2 = antennas2.antenna_id
