{# one row per user, day and hour with an event #}

{# a view, kept for inspection only: later models aggregate events directly #}
{{ config(materialized='view') }}

select
    user_id,
    day,
    hour,
    {{- event_measures() }}
from {{ ref('events') }}
group by user_id, day, hour
