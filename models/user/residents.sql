{# one row per user who lives in a unit of the release #}

{{ config(materialized='table' if var('zones') else 'view') }}

{% if var('zones') -%}
select
    homes.user_id,
    {{ antenna_in_period('zones.zone_id', 'antennas.period') }} as antenna_id,
    homes.antenna_id as home_antenna_id
from {{ ref('user_home_antenna') }} as homes
inner join {{ ref('antennas') }} as antennas
    on homes.antenna_id = antennas.antenna_id
inner join {{ ref('antenna_zones') }} as zones
    on {{ released_antenna('antennas.antenna_id') }} = zones.antenna_id
where zones.zone_id is not null
{%- else -%}
select
    user_id,
    antenna_id,
    antenna_id as home_antenna_id
from {{ ref('user_home_antenna') }}
{%- endif %}
