{# one row per CDR file and day of its accepted rows that is far from the others #}

with days as (

    select
        source_file,
        day,
        records
    from {{ ref('delivered_files') }}
    where outcome = 'accepted'

),

all_days as (

    select
        day,
        sum(records) as records
    from days
    group by day

),

-- A year without an event separates the days of a delivery from those of wrong clocks.
beginnings as (

    select
        day,
        records,
        if(datediff(day, lag(day) over (order by day)) > 365, 1, 0) as is_beginning
    from all_days

),

numbered_days as (

    select
        day,
        records,
        sum(is_beginning) over (order by day) as part
    from beginnings

),

parts as (

    select
        part,
        sum(records) as records,
        {{ ratio('sum(records)', 'sum(sum(records)) over ()') }} as share_of_all,
        row_number() over (order by sum(records) desc, part) as size_rank
    from numbered_days
    group by part

),

far_by_gap as (

    select
        days.source_file,
        days.day,
        'gap' as reason,
        days.records,
        parts.share_of_all
    from days
    inner join numbered_days
        on days.day = numbered_days.day
    inner join parts
        on numbered_days.part = parts.part
    where parts.size_rank > 1

),

named_days as (

    select
        source_file,
        day,
        records,
        cast(
            try_to_timestamp(
                regexp_replace(
                    regexp_extract(source_file, '(20[0-9]{2}[-_]?[01][0-9][-_]?[0-3][0-9])', 1),
                    '[-_]', ''
                ),
                'yyyyMMdd'
            ) as date
        ) as named_day
    from days

),

compared_days as (

    select
        source_file,
        day,
        records,
        abs(datediff(day, named_day)) > 62 as is_far
    from named_days
    where named_day is not null

),

files as (

    select
        source_file,
        coalesce(sum(records) filter (where not is_far), 0) >= 0.5 * sum(records) as is_near
    from compared_days
    group by source_file

),

-- The date in a file's name is that of its events, or a little later, if most events of this file
-- or of most files are near it. Otherwise it is something else, such as the day of the export.
compared_files as (

    select
        source_file,
        is_near or count_if(is_near) over () > 0.5 * count(*) over () as is_dated
    from files

),

dated_days as (

    select compared_days.*
    from compared_days
    inner join compared_files
        on compared_days.source_file = compared_files.source_file
    where compared_files.is_dated

),

far_share as (

    select {{ ratio('sum(records) filter (where is_far)', 'sum(records)') }} as share_of_all
    from dated_days

),

far_by_name as (

    select
        dated_days.source_file,
        dated_days.day,
        'file_name' as reason,
        dated_days.records,
        far_share.share_of_all
    from dated_days
    cross join far_share
    where dated_days.is_far

),

far_days as (

    select * from far_by_gap
    union all
    select * from far_by_name

)

select
    source_file,
    day,
    min(reason) as reason,
    max(records) as records,
    -- so few are strays; whether more are mistakes, only people can tell
    bool_or(share_of_all <= 0.01) as is_left_out
from far_days
group by source_file, day
