{{ config(enabled=var('bandicoot')) }}
{#
    Every user with a national event has indicators or an error, and no other user does. National
    events are counted once, but calls with an empty duration are not counted.

    A failure means
    (a) a batch of users was lost or computed twice on the workers; or
    (b) user_bandicoot reads events of antennas that are not in the table antennas.
#}
with national_events as (

    select
        count(distinct user_id) as users,
        count_if(not has_empty_duration) as events
    from {{ ref('events') }}
    where is_national

),

users as (

    select
        count(*) as users,
        coalesce(sum(number_of_records), 0) as events,
        count_if(error is not null) as failed
    from {{ ref('user_bandicoot') }}

)

select
    national_events.users as users_with_national_events,
    users.users as computed_and_failed_users,
    users.failed as failed_users,
    national_events.events as national_events,
    users.events as events_of_computed_users
from national_events
cross join users
where
    national_events.users != users.users
    -- events of users who failed are not counted
    or (users.failed = 0 and national_events.events != users.events)
