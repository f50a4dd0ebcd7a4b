{# one row: the delivery as a whole #}

{%- set has_correspondents = raw_layout().fields.correspondent_id is not none %}

-- what is repeated, outside of the period or left out on purpose is not lost
with outcomes as (

    select
        *,
        outcome = 'accepted' as is_accepted,
        outcome not in ('accepted', 'left_out', 'exact_duplicate', 'outside_period') as is_lost,
        -- calls or texts, nobody knows: they may be all of the one and all of the other
        records - calls - texts as of_unknown_kind
    from {{ ref('delivered_files') }}

),

sums as (

    select
        coalesce(sum(records) filter (where is_accepted), 0) as records,
        coalesce(sum(calls) filter (where is_accepted), 0) as calls,
        coalesce(sum(texts) filter (where is_accepted), 0) as texts,
        coalesce(sum(seconds) filter (where is_accepted), 0) as seconds,
        coalesce(sum(calls + of_unknown_kind) filter (where is_lost), 0) as lost_calls,
        coalesce(sum(texts + of_unknown_kind) filter (where is_lost), 0) as lost_texts,
        coalesce(sum(seconds) filter (where is_lost), 0) as lost_seconds,
        coalesce(sum(spoilt_ids) filter (where is_accepted or is_lost), 0) as spoilt_ids,
        sum(records) filter (where is_accepted or is_lost) as judged_records
    from outcomes

),

days as (

    select
        day,
        sum(records) as records,
        bit_count(bit_or(hour_bits)) as hours
    from outcomes
    where is_accepted
    group by day

),

-- a few records of a day may be in one hour by chance
times as (

    select {{ ratio('sum(records) filter (where hours = 1 and records >= 10)', 'sum(records)') }}
        as one_time_of_day
    from days

),

far_days as (

    select
        sum(records) filter (where is_left_out) as left_out,
        sum(records) filter (where reason = 'gap' and not is_left_out) as after_gaps,
        sum(records) filter (where reason = 'file_name' and not is_left_out) as far_from_names
    from {{ ref('distant_days') }}

),

shared_cells as (

    select distinct
        cell_id,
        first_day,
        last_day
    from {{ ref('cells') }}
    where antennas_of_cell > 1

),

events_of_shared_cells as (

    select count(*) as events
    from {{ ref('delivered_rows') }} as delivered_rows
    inner join shared_cells
        on
            delivered_rows.cell_id = shared_cells.cell_id
            and cast(delivered_rows.event_at as date)
            between shared_cells.first_day and shared_cells.last_day
    where delivered_rows.outcome = 'accepted'

),

{%- if has_correspondents %}

-- Pseudonyms are random numbers: one remainder of them is a random share of all people.
some_people as (

    select greatest(1, records div 1000000) as divisor
    from sums

),

some_events as (

    select
        delivered_rows.user_id,
        delivered_rows.correspondent_id,
        delivered_rows.direction,
        delivered_rows.interaction,
        delivered_rows.event_at,
        delivered_rows.user_id % some_people.divisor = 0 as has_user,
        delivered_rows.correspondent_id % some_people.divisor = 0 as has_correspondent
    from {{ ref('delivered_rows') }} as delivered_rows
    cross join some_people
    where delivered_rows.outcome = 'accepted'

),

customers as (

    select distinct user_id
    from some_events
    where has_user

),

correspondents as (

    select distinct correspondent_id
    from some_events
    where has_correspondent

),

-- An event of two customers has an outgoing record of the one and an incoming record of the other.
-- If both are of the same person, the layout takes the wrong column for one direction.
events_of_pairs as (

    select
        count_if(direction = 'in') as incoming,
        count_if(direction = 'out') as outgoing
    from some_events
    where has_user and user_id != correspondent_id
    group by user_id, correspondent_id, interaction, event_at

),

mirrored as (

    select
        {{ ratio('sum(least(incoming, outgoing))', 'sum(incoming)') }} as mirrored_events
    from events_of_pairs

),

acquaintances as (

    select
        {{ ratio('count_if(customers.user_id is null)', 'count(*)') }} as unknown_correspondents
    from correspondents
    left join customers
        on correspondents.correspondent_id = customers.user_id

),

{%- else %}

mirrored as (

    select cast(null as double) as mirrored_events

),

acquaintances as (

    select cast(null as double) as unknown_correspondents

),

{%- endif %}

places as (

    select
        antenna_id,
        avg(longitude) as longitude,
        avg(latitude) as latitude
    from {{ ref('cells') }}
    group by antenna_id

),

middle as (

    select
        median(longitude) as longitude,
        median(latitude) as latitude
    from places

),

distances_of_cells as (

    select
        cells.antenna_id,
        max({{ haversine_km(
            'cells.latitude', 'cells.longitude', 'places.latitude', 'places.longitude'
        ) }}) as km_to_cell
    from {{ ref('cells') }} as cells
    inner join places
        on cells.antenna_id = places.antenna_id
    group by cells.antenna_id

),

strange_antennas as (

    select
        count_if(
            abs(places.longitude) < 0.01 and abs(places.latitude) < 0.01
            or distances_of_cells.km_to_cell > 10
            or {{ haversine_km(
                'places.latitude', 'places.longitude', 'middle.latitude', 'middle.longitude'
            ) }} > 2000
        ) as strange_antennas
    from places
    inner join distances_of_cells
        on places.antenna_id = distances_of_cells.antenna_id
    cross join middle

),

spans_of_cells as (

    select
        cell_id,
        last_day,
        lead(first_day) over (partition by cell_id order by first_day) as next_day
    from {{ ref('cells') }}
    where is_serving_antenna

),

gaps_of_cells as (

    select count(distinct cell_id) as cells_with_gaps
    from spans_of_cells
    where next_day > date_add(last_day, 1)

),

totals as (

    select
        sums.*,
        gaps_of_cells.cells_with_gaps,
        strange_antennas.strange_antennas,
        times.one_time_of_day,
        far_days.left_out,
        far_days.after_gaps,
        far_days.far_from_names,
        mirrored.mirrored_events,
        events_of_shared_cells.events as events_of_shared_cells,
        acquaintances.unknown_correspondents
    from sums
    cross join strange_antennas
    cross join gaps_of_cells
    cross join times
    cross join far_days
    cross join mirrored
    cross join events_of_shared_cells
    cross join acquaintances

)

select
    calls,
    texts,
    {{ ratio('lost_calls', 'calls + lost_calls') }} as lost_calls,
    {{ ratio('lost_texts', 'texts + lost_texts') }} as lost_texts,
    {{ ratio('lost_seconds', 'seconds + lost_seconds') }} as lost_seconds,
    {{ ratio('spoilt_ids', 'judged_records') }} as spoilt_ids,
    {{ ratio('events_of_shared_cells', 'records') }} as shared_cells,
    unknown_correspondents,
    mirrored_events,
    strange_antennas,
    cells_with_gaps,
    coalesce({{ ratio('left_out', 'records') }}, 0) as stray_days,
    coalesce({{ ratio('after_gaps', 'records') }}, 0) as distant_days,
    coalesce({{ ratio('far_from_names', 'records') }}, 0) as distant_names,
    coalesce(one_time_of_day, 0) as one_time_of_day
from totals
