{# one row per antenna #}

{{ config(enabled=var('zones') is not none) }}

select
    zone_id,
    zone_name,
    antenna_id,
    longitude,
    latitude
from {{ ref('antenna_zones') }}
