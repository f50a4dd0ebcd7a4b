{# one row per CDR file and day of its rows #}

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
        coalesce(max(cells) filter (where outcome = 'accepted'), 0) as cells,
        24 - coalesce(max(hours) filter (where outcome = 'accepted'), 0) as hours_without_events
    from {{ ref('delivered_files') }}
    group by source_file, day

),

totals as (

    select
        day,
        sum(accepted) as accepted
    from days
    where day is not null
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
    days.hours_without_events,
    {{ ratio('days.records - days.accepted', 'days.records') }} as rejected_share,
    {{ ratio('days.unknown_cell', 'days.accepted + days.unknown_cell') }} as unknown_cell_share,
    {{ ratio('totals.accepted', 'usual.usually_accepted') }} - 1 as change
from days
left join totals
    on days.day = totals.day
left join usual
    on days.day = usual.day
