{# one row per CDR file and day of its rows, and per silent day between them #}

{{
    config(
        post_hook="{{ check_quality_gates(this, ref('delivery_totals'), ref('repeated_files')) }}",
    )
}}

{%- set reasons = reject_reasons() %}
{%- set layout = raw_layout() %}
{%- set zones = [] %}
{%- for kind in raw_kinds() %}
{%- for pattern in timestamp_patterns(kind) %}
{%- do zones.append('in the text' if has_offset(pattern) else kind.data_timezone) %}
{%- endfor %}
{%- endfor %}
{#- A file of one day in another zone also holds hours of the day before or after. #}
{%- set small_share = 0.3 if zones | reject('in', [none, layout.local_timezone]) | list else 0.01 %}

-- the gates look at all of these tables
-- depends_on: {{ ref('delivery_totals') }}
-- depends_on: {{ ref('repeated_files') }}

with days as (

    select
        source_file,
        day,
        -- what is left out on purpose breaks no gate
        coalesce(sum(records) filter (where outcome != 'left_out'), 0) as records,
        coalesce(sum(records) filter (where outcome = 'left_out'), 0) as left_out,
        coalesce(sum(records) filter (where outcome = 'accepted'), 0) as accepted,
        {%- for reason in reasons %}
        coalesce(sum(records) filter (where outcome = '{{ reason }}'), 0) as {{ reason }},
        {%- endfor %}
        coalesce(max(users) filter (where outcome = 'accepted'), 0) as users,
        coalesce(max(cells) filter (where outcome = 'accepted'), 0) as cells
    from {{ ref('delivered_files') }}
    group by source_file, day

),

sizes as (

    select
        source_file,
        max(records) filter (where day is not null) as largest_day,
        sum(records - outside_period) as records_in_period
    from days
    group by source_file

),

judged as (

    select
        days.*,
        sizes.records_in_period,
        days.records - days.accepted as rejected,
        -- small days are not judged: rows from wrong clocks, and those after the midnight that ends
        -- a file
        days.day is null or days.records >= {{ small_share }} * sizes.largest_day as is_judged
    from days
    inner join sizes
        on days.source_file = sizes.source_file

),

judged_days as (

    select
        min(day) as first_day,
        max(day) as last_day
    from judged
    where
        is_judged
        {%- for var_name, comparison in [('period_begin', '>='), ('period_end', '<=')]
            if var(var_name) is not none %}
        and day {{ comparison }} date {{ text_literal(var(var_name)) }}
        {%- endfor %}

),

-- over all files, because a day's rows may come in several files
totals as (

    select
        files.day,
        coalesce(sum(files.records) filter (where files.outcome = 'accepted'), 0) as accepted,
        24
        - coalesce(bit_count(bit_or(files.hour_bits) filter (where files.outcome = 'accepted')), 0)
            as hours_without_events
    from {{ ref('delivered_files') }} as files
    inner join judged_days
        on files.day between judged_days.first_day and judged_days.last_day
    group by files.day

),

-- each day's number, repeated for the four weeks after it
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

-- days without a row in any file, between days with rows
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
    judged.source_file,
    judged.day,
    judged.records,
    judged.accepted,
    judged.rejected,
    judged.left_out,
    {%- for reason in reasons %}
    judged.{{ reason }},
    {%- endfor %}
    judged.users,
    judged.cells,
    totals.hours_without_events,
    case
        when judged.is_judged then
            {{ ratio(
                'judged.rejected - judged.outside_period',
                'if(judged.day is null, judged.records_in_period, judged.records - judged.outside_period)'
            ) }}
    end as rejected_share,
    case
        when judged.is_judged
            then {{ ratio('judged.unknown_cell', 'judged.accepted + judged.unknown_cell') }}
    end as unknown_cell_share,
    {{ ratio('totals.accepted', 'usual.usually_accepted') }} - 1 as change
from judged
left join totals
    on judged.day = totals.day
left join usual
    on judged.day = usual.day

union all

select
    null as source_file,
    day,
    0 as records,
    0 as accepted,
    0 as rejected,
    0 as left_out,
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
