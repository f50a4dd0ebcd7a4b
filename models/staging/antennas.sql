{# one row per antenna and period #}

with places_of_cells as (

    -- a cell that moved and came back counts once
    select distinct
        antenna_id,
        cell_id,
        longitude,
        latitude
    from {{ ref('cells') }}

),

places as (

    select
        antenna_id,
        {{ mean_longitude('longitude') }} as longitude,
        {{ ratio(exact_sum('latitude'), 'count(*)') }} as latitude,
        count(*) as cells
    from places_of_cells
    group by antenna_id

),

-- periods with an event
periods as (

    {% if var('period') == 'all' -%}
    select {{ period_of('day') }} as period
    {%- else -%}
    select distinct {{ period_of('files.day') }} as period
    from {{ ref('delivered_files') }} as files
    {{ without_strays('files', 'files.day') }}
    where files.outcome = 'accepted'
    {%- endif %}

)

select
    {{ antenna_in_period('places.antenna_id', 'periods.period') }} as antenna_id,
    periods.period,
    places.longitude,
    places.latitude,
    places.cells
from places
cross join periods
