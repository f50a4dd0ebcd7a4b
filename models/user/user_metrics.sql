{# one row per user, day and hour with an event #}

{# a view: the finest grain is for looking at; what follows adds up events more coarsely #}
{{ config(materialized='view') }}

select
    user_id,
    day,
    hour,
    {{- event_measures() }}
from {{ ref('events') }}
group by user_id, day, hour
