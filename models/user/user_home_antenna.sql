{# one row per user with an event at night #}

with nights as (

    select
        user_id,
        antenna_id,
        count(*) as night_events
    from {{ ref('events') }}
    where {{ is_night('hour') }}
    group by user_id, antenna_id

),

-- most events at night first; the smallest id, as text, on ties
ranked as (

    select
        user_id,
        min_by(antenna_id, struct(-night_events, antenna_id)) as antenna_id,
        max(night_events) as night_events
    from nights
    group by user_id

)

select
    user_id,
    antenna_id,
    night_events
from ranked
