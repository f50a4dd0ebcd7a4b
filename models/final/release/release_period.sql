{# one row: what is about to be released #}

{{ config(post_hook="{{ check_overlap(this) }}") }}

with accepted as (

    select
        files.source_file,
        sum(files.records) as records,
        min(files.day) as first_day,
        max(files.day) as last_day
    from {{ ref('delivered_files') }} as files
    {{ without_strays('files', 'files.day') }}
    where files.outcome = 'accepted'
    group by files.source_file

),

contents as (

    select
        min(first_day) as first_day,
        max(last_day) as last_day,
        count(*) as files,
        coalesce(sum(records), 0) as accepted_rows,
        array_join(
            array_sort(collect_list(concat_ws(':', source_file, records, first_day, last_day))),
            '; '
        ) as inventory
    from accepted

)

select
    first_day,
    last_day,
    files,
    accepted_rows,
    {{ text_literal(release_parameters()) }} as parameters,
    -- Equal files and parameters give an equal id; contents_hash shows whether the contents are
    -- equal too.
    sha2(concat(inventory, {{ text_literal(release_parameters()) }}), 256) as release_id
from contents
