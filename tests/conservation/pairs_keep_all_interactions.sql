{#
    Every event between two users with a home is counted exactly once among the pairs of users,
    among the pairs of antennas, and among the partners of an antenna.

    A failure means
    (a) a user has more than one home, so that joins multiply events; or
    (b) the two ends of a pair of antennas are not joined; or
    (c) antennas or pairs without calls, or without texts, are lost.
#}
with homes as (

    select user_id from {{ ref('residents') }}

),

counts as (

    select
        'events' as level,
        count_if(events.interaction = 'call') as calls,
        count_if(events.interaction = 'text') as sms,
        coalesce(sum(events.call_duration), 0) as seconds
    from {{ ref('events') }} as events
    left semi join homes
        on events.user_id = homes.user_id
    left semi join homes as correspondents
        on events.correspondent_id = correspondents.user_id

    union all

    select
        'user_interactions' as level,
        coalesce(sum(call_count), 0) as calls,
        coalesce(sum(sms_count), 0) as sms,
        coalesce(sum(vol_sum), 0) as seconds
    from {{ ref('user_interactions') }}

    union all

    select
        'antenna_interactions' as level,
        coalesce(sum(call_count), 0) as calls,
        coalesce(sum(sms_count), 0) as sms,
        coalesce(sum(vol_sum), 0) as seconds
    from {{ ref('antenna_interactions') }}

    union all

    -- does not carry seconds
    select
        'antenna_partners' as level,
        coalesce(sum(call_count), 0) as calls,
        coalesce(sum(sms_count), 0) as sms,
        null as seconds
    from {{ ref('antenna_partners') }}

)

select
    min(calls) as least_calls,
    max(calls) as most_calls,
    min(sms) as least_sms,
    max(sms) as most_sms,
    min(seconds) as least_seconds,
    max(seconds) as most_seconds
from counts
having min(calls) != max(calls) or min(sms) != max(sms) or min(seconds) != max(seconds)
