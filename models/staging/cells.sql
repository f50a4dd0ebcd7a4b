{# one row per antenna and cell #}

with locations as (

    select
        {{ location_field('antenna_id') }} as antenna_id,
        {{ location_field('cell_id') }} as cell_id,
        round(try_cast({{ location_field('longitude') }} as double), 6) as longitude,
        round(try_cast({{ location_field('latitude') }} as double), 6) as latitude
    from {{ ref('cell_sites') }}
    where malformed_row is null

),

-- a cell that is listed twice for an antenna has the mean of its coordinates
located_cells as (

    select
        antenna_id,
        cell_id,
        {{ mean_longitude('longitude') }} as longitude,
        {{ ratio(exact_sum('latitude'), 'count(*)') }} as latitude
    from locations
    where
        antenna_id is not null
        and cell_id is not null
        and longitude between -180 and 180
        and latitude between -90 and 90
    group by antenna_id, cell_id

)

select
    antenna_id,
    cell_id,
    longitude,
    latitude,
    -- if several antennas list a cell, its events count for one of them
    antenna_id = min(antenna_id) over (partition by cell_id) as is_serving_antenna
from located_cells
