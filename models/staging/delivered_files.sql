{# one row per CDR file and outcome of its rows #}

{{ config(post_hook="{{ check_that_rows_were_accepted(this) }}") }}

select
    source_file,
    outcome,
    count(*) as rows,
    cast(min(event_at) as date) as first_day,
    cast(max(event_at) as date) as last_day
from {{ ref('delivered_rows') }}
group by source_file, outcome
