{# one row per unit of the release and period #}

{{ config(materialized='table' if var('zones') else 'view') }}

{% if var('zones') -%}
select
    {{ antenna_in_period('zones.zone_id', 'antennas.period') }} as antenna_id,
    antennas.period,
    min(zones.zone_name) as zone_name,
    {{ mean_longitude('antennas.longitude') }} as longitude,
    {{ ratio(exact_sum('antennas.latitude'), 'count(*)') }} as latitude,
    count(*) as antennas
from {{ ref('antennas') }} as antennas
inner join {{ ref('antenna_zones') }} as zones
    on {{ released_antenna('antennas.antenna_id') }} = zones.antenna_id
where zones.zone_id is not null
group by zones.zone_id, antennas.period
{%- else -%}
select
    antenna_id,
    period,
    cast(null as string) as zone_name,
    longitude,
    latitude,
    1L as antennas
from {{ ref('antennas') }}
{%- endif %}
