{# one row per user and hour of the day with an event #}

select
    user_id,
    hour,
    {{- event_measures() }}
from {{ ref('events') }}
group by user_id, hour
