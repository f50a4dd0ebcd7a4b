{# one row per row of the CDR files and side of the event, accepted or not #}

{#
    Each file has partitions of its own. So a file that is delivered again replaces its old rows, a
    withdrawn file takes its rows with it, and no other file is touched. Rejected rows have separate
    partitions, so readers of events never open them.
#}
{{
    config(
        materialized='incremental',
        incremental_strategy='insert_overwrite',
        partition_by=['source_file', 'file_version', 'outcome'],
        on_schema_change='fail',
        pre_hook="{{ forget_stale_files() }}",
        post_hook="{{ check_that_no_file_changed(ref('cdr_folder'), ref('cdr_files')) }}",
    )
}}

{%- set layout = raw_layout() %}
{%- set kinds = raw_kinds() %}
{%- set has_both_sides = layout.fields.correspondent_cell_id is not none %}
{%- set completes_numbers = kinds | selectattr('phone_numbers') | list | length > 0 %}
{%- set delivered = 'delivered_' if completes_numbers else '' %}
{%- set cells_move = layout.locations.fields.valid_from or layout.locations.fields.valid_to %}

with
{%- for kind in kinds %}

-- the columns as fields of an event, still text
{{ kind.table }}_fields as (

    select
        {{ source_file('cdr') }} as source_file,
        {{ raw_id('caller_id', kind) }} as {{ delivered }}caller_id,
        {{ raw_id('correspondent_id', kind) }} as {{ delivered }}correspondent_id,
        {{ raw_id('cell_id', kind) }} as cell_id,
        {%- if has_both_sides %}
        {{ raw_id('correspondent_cell_id', kind) }} as correspondent_cell_id,
        {%- endif %}
        {{ raw_field('datetime', kind) }} as datetime,
        {{ decoded('direction', kind) }} as direction,
        {{ raw_field('direction', kind) }} as direction_code,
        {{ decoded('interaction', kind) }} as interaction,
        {{ raw_field('interaction', kind) }} as interaction_code,
        {{ raw_field('call_duration', kind) }} as call_duration,
        {%- if kind.fields.national is none %}
        true as is_national,
        {%- else %}
        {{ decoded('national', kind) }} = 'national' as is_national,
        {%- endif %}
        {{ raw_field('national', kind) }} as national_code,
        {%- if kind.format == 'parquet' %}
        cdr._metadata.row_index + 1 as file_row,  -- noqa: RF03
        {%- else %}
        cast(null as bigint) as file_row,
        {%- endif %}
        {{ is_malformed('cdr', kind) }} as is_malformed,
        {{ is_left_out(kind) }} as is_left_out,
        {%- if var('exact_duplicates') == 'reject' %}
        row_number() over (
            partition by
                {{ file_name('cdr') }},
                {{ is_malformed('cdr', kind) }}
                {%- for column in raw_columns(kind) %},
                cdr.{{ quoted_name(column) }}
                {%- endfor %}
            order by cdr._metadata.file_name  -- noqa: RF03
        ) > 1 as is_duplicate
        {%- else %}
        false as is_duplicate
        {%- endif %}
    from {{ ref(kind.table) }} as cdr
    where true {{ and_file_is_new('cdr') }}

),
{%- endfor %}

unified as (
    {%- for kind in kinds %}

    select
        *,
        {%- if completes_numbers %}
        {%- for id in ['caller_id', 'correspondent_id'] %}
        {%- set number = delivered ~ id %}
        {{ phone_number(number, kind.phone_numbers) if kind.phone_numbers else number }}
            as {{ id }},
        {%- endfor %}
        {%- endif %}
        {{ parse_timestamp('datetime', kind) }} as event_at,
        {{ call_seconds('call_duration', kind) }} as seconds
    from {{ kind.table }}_fields
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

sides as (

    {% if has_both_sides -%}
    -- One record for each side with a cell: only sides with a cell are the operator's customers.
    -- If neither side has a cell, the caller's record is kept.
    select
        unified.source_file,
        unified.file_row,
        unified.is_malformed,
        unified.is_left_out,
        unified.is_duplicate,
        unified.datetime,
        unified.event_at,
        unified.call_duration,
        unified.seconds,
        unified.direction_code,
        unified.interaction,
        unified.interaction_code,
        unified.is_national,
        unified.national_code,
        position + 1 as side,
        record.direction,
        record.caller_id,
        record.correspondent_id,
        record.cell_id
    from unified
    lateral view
        posexplode(
            filter(
                array(
                    struct('out' as direction, caller_id, correspondent_id, cell_id),
                    struct(
                        'in' as direction, correspondent_id as caller_id,
                        caller_id as correspondent_id, correspondent_cell_id as cell_id
                    )
                ),
                record -> case record.direction
                    when 'in' then trim(record.cell_id) != '' and not is_malformed
                    else trim(record.cell_id) != '' or is_malformed
                        or coalesce(trim(correspondent_cell_id), '') = ''
                end
            )
        ) records as position, record
    {%- else -%}
    select
        *,
        1 as side
    from unified
    {%- endif %}

),

serving_antennas as (

    select
        cell_id,
        {%- if cells_move %}
        first_day,
        last_day,
        {%- endif %}
        antenna_id
    from {{ ref('cells') }}
    where is_serving_antenna

),

typed as (

    select
        sides.source_file,
        sides.file_row,
        sides.side,
        sides.is_malformed,
        sides.is_left_out,
        sides.is_duplicate,
        sides.datetime,
        sides.event_at,
        sides.call_duration,
        sides.seconds,
        sides.cell_id,
        sides.direction,
        sides.direction_code,
        sides.interaction,
        sides.interaction_code,
        sides.is_national,
        sides.national_code,
        serving_antennas.antenna_id,
        coalesce(
            {{ is_spoilt_id('sides.caller_id') }}
            or {{ is_spoilt_id('sides.correspondent_id') }},
            false
        ) as has_spoilt_id,
        {{ pseudonym('sides.caller_id') }} as user_id,
        {{ pseudonym('sides.correspondent_id') }} as correspondent_id
    from sides
    left join serving_antennas
        {%- if cells_move %}
        -- an event belongs to the antenna that its cell had on that day
        on
            sides.cell_id = serving_antennas.cell_id
            and cast(sides.event_at as date)
            between serving_antennas.first_day and serving_antennas.last_day
        {%- else %}
        on sides.cell_id = serving_antennas.cell_id
        {%- endif %}

),

judged as (

    select
        *,
        case
            when is_malformed then 'malformed_row'
            when is_left_out then 'left_out'
            when is_duplicate then 'exact_duplicate'
            when user_id is null then 'missing_id'
            {%- if layout.fields.correspondent_id is not none %}
            when correspondent_id is null then 'missing_id'
            {%- endif %}
            -- no phone recorded anything outside of these years
            when coalesce(year(event_at) not between 1970 and 2099, true) then 'bad_timestamp'
            {%- if var('period_begin') is not none %}
            when event_at < date {{ text_literal(var('period_begin')) }} then 'outside_period'
            {%- endif %}
            {%- if var('period_end') is not none %}
            when cast(event_at as date) > date {{ text_literal(var('period_end')) }}
                then 'outside_period'
            {%- endif %}
            when direction is null then 'unknown_direction'
            when interaction is null then 'unknown_interaction'
            when is_national is null then 'unknown_national'
            {%- if layout.fields.call_duration is not none %}
            -- a call of unknown length is a call: only what is there and is no length is rejected
            when interaction = 'call' and coalesce(seconds not between 0 and 86400, true)
                and call_duration rlike '\\S'
                then 'bad_duration'
            {%- endif %}
            when antenna_id is null then 'unknown_cell'
            else 'accepted'
        end as outcome
    from typed

)

-- Spark estimates the list of files to be as large as the files: it would shuffle all rows for the
-- join.
select /*+ broadcast(file_versions) */
    judged.user_id,
    judged.correspondent_id,
    judged.antenna_id,
    case when judged.outcome = 'accepted' then judged.cell_id end as cell_id,
    judged.direction,
    judged.interaction,
    -- Only the shape of a bad value is kept: in a file with shifted columns it may be an id. It is
    -- made in one place: a longer query is not compiled by Java and takes twice as long.
    {{ shape("""
        case judged.outcome
            when 'unknown_cell' then judged.cell_id
            when 'bad_timestamp' then judged.datetime
            when 'outside_period' then judged.datetime
            when 'bad_duration' then judged.call_duration
            when 'unknown_direction' then judged.direction_code
            when 'unknown_interaction' then judged.interaction_code
            when 'unknown_national' then judged.national_code
        end
    """) }} as rejected_value,
    case
        when judged.interaction = 'call' and judged.seconds between 0 and 86400
            then cast(round(judged.seconds) as int)
    end as call_duration,
    judged.is_national,
    judged.has_spoilt_id,
    case when year(judged.event_at) between 1970 and 2099 then judged.event_at end as event_at,
    judged.side,
    judged.file_row,
    judged.source_file,
    file_versions.file_version,
    judged.outcome
from judged
inner join ({{ file_versions() }}) as file_versions  -- noqa: ST05
    on judged.source_file = file_versions.source_file
