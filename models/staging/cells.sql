{# one row per antenna, cell and span of days #}

{%- set locations = raw_layout().locations %}
{%- set fields = locations.fields %}
{#- Without validity a cell has its antenna on all days that an event can have. #}
{%- set validity = {'valid_from': "date '1970-01-01'", 'valid_to': "date '2099-12-31'"} %}

with listed as (

    select
        {{ location_field('antenna_id') }} as antenna_id,
        {{ location_field('cell_id') }} as cell_id,
        round(try_cast({{ location_field('longitude') }} as double), 6) as longitude,
        round(try_cast({{ location_field('latitude') }} as double), 6) as latitude,
        {%- for name, always in validity.items() %}
        {%- if fields[name] is none %}
        {{ always }} as {{ name }},
        {%- else %}
        case
            when coalesce(trim({{ location_field(name) }}), '') = '' then {{ always }}
            else cast(
                try_to_timestamp(
                    {{ location_field(name) }}, {{ text_literal(locations.date_format) }}
                ) as date
            )
        end as {{ name }},
        {%- endif %}
        {%- endfor %}
        malformed_row is null as is_row
    from {{ ref('cell_sites') }}

),

usable as (

    select *
    from listed
    where
        is_row
        and antenna_id is not null
        and cell_id is not null
        and longitude between -180 and 180
        and latitude between -90 and 90
        and valid_from <= valid_to

),

-- a cell that is listed twice for an antenna has the mean of its coordinates
located_cells as (

    select
        antenna_id,
        cell_id,
        {{ mean_longitude('longitude') }} as longitude,
        {{ ratio(exact_sum('latitude'), 'count(*)') }} as latitude
    from usable
    group by antenna_id, cell_id

),

-- the days on which something changes for a cell
changes as (

    select
        cell_id,
        valid_from as day
    from usable
    union distinct
    select
        cell_id,
        date_add(valid_to, 1) as day
    from usable

),

spans as (

    select
        cell_id,
        day as first_day,
        date_sub(lead(day) over (partition by cell_id order by day), 1) as last_day
    from changes

),

-- the antennas of a cell in each span between two changes
antennas_in_spans as (

    select distinct
        usable.antenna_id,
        usable.cell_id,
        spans.first_day,
        spans.last_day
    from usable
    inner join spans
        on
            usable.cell_id = spans.cell_id
            and spans.first_day between usable.valid_from and usable.valid_to

)

select
    located_cells.antenna_id,
    located_cells.cell_id,
    located_cells.longitude,
    located_cells.latitude,
    antennas_in_spans.first_day,
    antennas_in_spans.last_day,
    -- if several antennas list a cell, its events count for one of them
    located_cells.antenna_id = min(located_cells.antenna_id) over (
        partition by located_cells.cell_id, antennas_in_spans.first_day
    ) as is_serving_antenna,
    count(*) over (
        partition by located_cells.cell_id, antennas_in_spans.first_day
    ) as antennas_of_cell
from located_cells
inner join antennas_in_spans
    on
        located_cells.antenna_id = antennas_in_spans.antenna_id
        and located_cells.cell_id = antennas_in_spans.cell_id
