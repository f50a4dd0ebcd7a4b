{# one row per CDR file and other file that has some of its rows too #}

-- Only rows of days that several files have can be in several files. Small days of a file do not
-- count.
with days as (

    select
        source_file,
        day,
        records,
        max(records) over (partition by source_file) as largest_day
    from {{ ref('delivered_files') }}
    where outcome = 'accepted'

),

main_days as (

    select
        source_file,
        day,
        records,
        count(*) over (partition by day) as files
    from days
    where records >= 0.01 * largest_day

),

doubtful_days as (

    select
        source_file,
        day,
        records
    from main_days
    where files > 1

),

-- one remainder of the rows' hashes is a random share of all rows
sampling as (

    select greatest(1, coalesce(sum(records), 0) div 1000000) as divisor
    from doubtful_days

),

-- Without the hint all rows would be shuffled for the join; most often there is no doubtful day.
hashes as (

    select /*+ broadcast(doubtful_days) */
        delivered_rows.source_file,
        xxhash64(
            delivered_rows.user_id, delivered_rows.correspondent_id, delivered_rows.direction,
            delivered_rows.interaction, delivered_rows.event_at, delivered_rows.call_duration,
            delivered_rows.cell_id
        ) as row_hash
    from {{ ref('delivered_rows') }} as delivered_rows
    left semi join doubtful_days
        on
            delivered_rows.source_file = doubtful_days.source_file
            and cast(delivered_rows.event_at as date) = doubtful_days.day
    where delivered_rows.outcome = 'accepted'

),

sample as (

    select distinct
        hashes.source_file,
        hashes.row_hash
    from hashes
    cross join sampling
    where hashes.row_hash % sampling.divisor = 0

),

sizes as (

    select
        source_file,
        count(*) as rows
    from sample
    group by source_file

),

shared as (

    select
        sample.source_file,
        other_sample.source_file as other_file,
        count(*) as rows
    from sample
    inner join sample as other_sample
        on
            sample.row_hash = other_sample.row_hash
            and sample.source_file != other_sample.source_file
    group by sample.source_file, other_sample.source_file

)

select
    shared.source_file,
    shared.other_file,
    {{ ratio('shared.rows', 'sizes.rows') }} as repeated_share
from shared
inner join sizes
    on shared.source_file = sizes.source_file
