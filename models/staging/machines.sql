{# one row per user who has too many interactions to be a person #}

{# not before it is known that the delivery can be used #}
-- depends_on: {{ ref('delivery_quality') }}

with weekly_interactions as (

    select
        user_id,
        {{ week_start('cast(event_at as date)') }} as week,
        count(*) as interactions
    from {{ ref('delivered_rows') }}
    where outcome = 'accepted'
    group by user_id, {{ week_start('cast(event_at as date)') }}

)

select
    user_id,
    avg(interactions) as interactions_per_active_week,
    count(*) as active_weeks
from weekly_interactions
group by user_id
having avg(interactions) > {{ var('max_weekly_interactions') }}
