{# one row per antenna or zone that is missing in final_features or has too many rows #}

{#
    Every antenna in the locations file that has a cell with possible coordinates has exactly one
    row in the release (in each period), whether anybody uses it or not. With var zones this holds
    for every zone with such an antenna.

    A failure means
    (a) the locations file was changed while the run read it: run again; or
    (b) an antenna or zone was lost or duplicated between cells and final_features.
#}
{{ config(materialized='ephemeral') }}

with antennas as (

    select distinct {{ location_field('antenna_id') }} as antenna_id
    from {{ ref('cell_sites') }}
    where
        malformed_row is null
        and {{ location_field('antenna_id') }} is not null
        and {{ location_field('cell_id') }} is not null
        and round(try_cast({{ location_field('longitude') }} as double), 6) between -180 and 180
        and round(try_cast({{ location_field('latitude') }} as double), 6) between -90 and 90

),

delivered as (

    {% if var('zones') -%}
    select distinct zones.zone_id as antenna_id
    from antennas
    inner join {{ ref('antenna_zones') }} as zones
        on antennas.antenna_id = zones.antenna_id
    where zones.zone_id is not null
    {%- else -%}
    select * from antennas
    {%- endif %}

),

released as (

    select
        {{ unit_column() }} as antenna_id,
        count(*) as rows
    from {{ ref('final_features') }}
    group by {{ unit_column() }}

),

periods as (

    -- not count(distinct ...): of a constant Spark 3.5 counts the rows of Iceberg's tables
    select greatest(count(*), 1) as periods
    from (
        select distinct {{ period_of_row() }} as period
        from {{ ref('final_features') }}
    )

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
