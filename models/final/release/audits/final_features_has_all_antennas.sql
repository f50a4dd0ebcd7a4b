{# one row per antenna that is missing in final_features or has too many rows #}

{#
    Every antenna in the locations file that has a cell with possible coordinates has exactly one
    row in the release (in each period), whether anybody uses it or not.

    A failure means
    (a) the locations file was changed while the run read it: run again; or
    (b) an antenna was lost or duplicated between cells and final_features.
#}
{{ config(materialized='ephemeral') }}

with delivered as (

    select distinct {{ location_field('antenna_id') }} as antenna_id
    from {{ ref('cell_sites') }}
    where
        malformed_row is null
        and {{ location_field('antenna_id') }} is not null
        and {{ location_field('cell_id') }} is not null
        and round(try_cast({{ location_field('longitude') }} as double), 6) between -180 and 180
        and round(try_cast({{ location_field('latitude') }} as double), 6) between -90 and 90

),

released as (

    select
        antenna_id,
        count(*) as rows
    from {{ ref('final_features') }}
    group by antenna_id

),

periods as (

    select greatest(count(distinct {{ period_of_row() }}), 1) as periods
    from {{ ref('final_features') }}

)

select
    coalesce(delivered.antenna_id, released.antenna_id) as antenna_id,
    delivered.antenna_id is not null as is_delivered,
    coalesce(released.rows, 0) as released_rows
from delivered
full outer join released
    on delivered.antenna_id = released.antenna_id
cross join periods
where
    delivered.antenna_id is null
    or coalesce(released.rows, 0) != periods.periods
