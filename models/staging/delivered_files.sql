{# one row per CDR file, day and outcome of its rows #}

{#
    A file has an entry here only once all its rows are in delivered_rows; see
    macros/delivery/forget_stale_files.sql.
#}
{{
    config(
        materialized='incremental',
        incremental_strategy='insert_overwrite',
        partition_by=['source_file'],
        on_schema_change='fail',
        post_hook="{{ check_that_rows_were_accepted(this) }}",
    )
}}

with new_rows as (

    select
        source_file,
        file_version,
        outcome,
        cast(event_at as date) as day,
        hour(event_at) as hour,
        user_id,
        cell_id,
        interaction,
        call_duration,
        has_spoilt_id,
        side
    from {{ ref('delivered_rows') }}
    {% if is_incremental() -%}
    where source_file not in (select complete.source_file from {{ this }} as complete)
    {%- endif %}

),

users as (

    select
        source_file,
        file_version,
        day,
        outcome,
        user_id,
        count(*) as records,
        count_if(side = 1) as rows,
        count_if(interaction = 'call') as calls,
        count_if(interaction = 'text') as texts,
        coalesce(sum(call_duration), 0) as seconds,
        count_if(has_spoilt_id) as spoilt_ids,
        -- bit h for hour h of the day
        bit_or(shiftleft(1, hour)) as hours
    from new_rows
    group by source_file, file_version, day, outcome, user_id

),

cells as (

    select
        source_file,
        day,
        outcome,
        count(distinct cell_id) as cells
    from new_rows
    where outcome = 'accepted'
    group by source_file, day, outcome

),

files as (

    select
        source_file,
        file_version,
        day,
        outcome,
        sum(rows) as rows,
        sum(records) as records,
        sum(calls) as calls,
        sum(texts) as texts,
        sum(seconds) as seconds,
        sum(spoilt_ids) as spoilt_ids,
        count(user_id) as users,
        bit_or(hours) as hours
    from users
    group by source_file, file_version, day, outcome

)

select
    files.file_version,
    files.day,
    files.outcome,
    files.rows,
    files.records,
    files.calls,
    files.texts,
    files.seconds,
    files.spoilt_ids,
    files.users,
    coalesce(cells.cells, 0) as cells,
    coalesce(files.hours, 0) as hour_bits,
    files.source_file
from files
left join cells
    on
        files.source_file = cells.source_file
        and files.day = cells.day
        and files.outcome = cells.outcome
