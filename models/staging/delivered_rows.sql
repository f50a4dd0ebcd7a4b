{# one row per row of the CDR files, accepted or not #}

{# rejected rows lie apart from accepted ones, so that readers of events never touch them #}
{{ config(partition_by=['source_file', 'outcome']) }}

with cdr as (

    select
        direction,
        caller_id,
        datetime,
        interaction,
        cell_id,
        national,
        correspondent_id,
        call_duration,
        malformed_row is not null as is_malformed,
        _metadata.file_name as source_file  -- noqa: RF03
    from {{ source('raw', 'cdr') }}

),

serving_antennas as (

    select
        cell_id,
        antenna_id
    from {{ ref('cells') }}
    where is_serving_antenna

),

typed as (

    select
        cdr.source_file,
        cdr.is_malformed,
        cdr.datetime,
        cdr.call_duration,
        cdr.cell_id,
        serving_antennas.antenna_id,
        {{ pseudonym('cdr.caller_id') }} as user_id,
        {{ pseudonym('cdr.correspondent_id') }} as correspondent_id,
        {{ parse_timestamp('cdr.datetime') }} as event_at,
        case cdr.direction when '1' then 'in' when '2' then 'out' end as direction,
        case cdr.interaction when '1' then 'call' when '2' then 'text' end as interaction,
        case cdr.national when '1' then true when '2' then false end as is_national,
        {{ call_seconds('cdr.call_duration') }} as seconds
    from cdr
    left join serving_antennas
        on cdr.cell_id = serving_antennas.cell_id

),

judged as (

    select
        *,
        case
            when is_malformed then 'malformed_row'
            when user_id is null or correspondent_id is null then 'missing_id'
            when event_at is null then 'bad_timestamp'
            when direction is null then 'unknown_direction'
            when interaction is null then 'unknown_interaction'
            when is_national is null then 'unknown_national'
            when interaction = 'call' and coalesce(seconds not between 0 and 86400, true)
                then 'bad_duration'
            when antenna_id is null then 'unknown_cell'
            else 'accepted'
        end as outcome
    from typed

)

select
    user_id,
    correspondent_id,
    antenna_id,
    direction,
    interaction,
    -- Of a value that cannot be used only its shape is kept: a shifted column may hold an id.
    case outcome
        when 'unknown_cell' then {{ shape('cell_id') }}
        when 'bad_timestamp' then {{ shape('datetime') }}
        when 'bad_duration' then {{ shape('call_duration') }}
    end as rejected_value,
    case
        when interaction = 'call' and seconds between 0 and 86400 then cast(round(seconds) as int)
    end as call_duration,
    is_national,
    event_at,
    source_file,
    outcome
from judged
