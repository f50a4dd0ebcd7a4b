{# one row per CDR file and day of its rows, and per silent day between them #}

{{ config(post_hook="{{ check_quality_gates(this) }}") }}

{%- set reasons = reject_reasons() %}

with days as (

    select
        source_file,
        day,
        sum(records) as records,
        coalesce(sum(records) filter (where outcome = 'accepted'), 0) as accepted,
        {%- for reason in reasons %}
        coalesce(sum(records) filter (where outcome = '{{ reason }}'), 0) as {{ reason }},
        {%- endfor %}
        coalesce(max(users) filter (where outcome = 'accepted'), 0) as users,
        coalesce(max(cells) filter (where outcome = 'accepted'), 0) as cells
    from {{ ref('delivered_files') }}
    group by source_file, day

),

-- all files together: a day's rows may come in several
totals as (

    select
        day,
        coalesce(sum(records) filter (where outcome = 'accepted'), 0) as accepted,
        24 - coalesce(bit_count(bit_or(hour_bits) filter (where outcome = 'accepted')), 0)
            as hours_without_events
    from {{ ref('delivered_files') }}
    where
        day is not null
        {%- for var_name, comparison in [('period_begin', '>='), ('period_end', '<=')]
            if var(var_name) is not none %}
        and day {{ comparison }} date {{ text_literal(var(var_name)) }}
        {%- endfor %}
    group by day

),

-- each day's number, for the four weeks after it
earlier as (

    select
        explode(sequence(date_add(day, 1), date_add(day, 28))) as day,
        accepted
    from totals

),

usual as (

    select
        day,
        median(accepted) as usually_accepted
    from earlier
    group by day

),

-- days of which no file has a row although earlier and later ones have
silent as (

    select
        usual.day,
        usual.usually_accepted
    from usual
    left anti join totals
        on usual.day = totals.day
    where usual.day < (select max(all_days.day) from totals as all_days)

)

select
    days.source_file,
    days.day,
    days.records,
    days.accepted,
    days.records - days.accepted as rejected,
    {%- for reason in reasons %}
    days.{{ reason }},
    {%- endfor %}
    days.users,
    days.cells,
    totals.hours_without_events,
    {{ ratio(
        'days.records - days.accepted - days.outside_period', 'days.records - days.outside_period'
    ) }} as rejected_share,
    {{ ratio('days.unknown_cell', 'days.accepted + days.unknown_cell') }} as unknown_cell_share,
    {{ ratio('totals.accepted', 'usual.usually_accepted') }} - 1 as change
from days
left join totals
    on days.day = totals.day
left join usual
    on days.day = usual.day

union all

select
    null as source_file,
    day,
    0 as records,
    0 as accepted,
    0 as rejected,
    {%- for reason in reasons %}
    0 as {{ reason }},
    {%- endfor %}
    0 as users,
    0 as cells,
    24 as hours_without_events,
    null as rejected_share,
    null as unknown_cell_share,
    {{ ratio('0', 'usually_accepted') }} - 1 as change
from silent
