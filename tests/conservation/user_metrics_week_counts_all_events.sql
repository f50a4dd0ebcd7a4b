{#
    Every accepted row of a person is counted in user_metrics_week, exactly once and with its
    seconds. Rows of machines and of days that are left out are not counted.

    A failure means
    (a) user_metrics_week leaves out a kind of event or counts one twice; or
    (b) events lacks rows of people, or has rows of machines or of days that are left out.
#}
with rows_of_people as (

    select
        count(*) as events,
        count_if(accepted.direction = 'out' and accepted.interaction = 'call') as og_calls,
        count_if(accepted.direction = 'in' and accepted.interaction = 'text') as ic_sms,
        coalesce(sum(accepted.call_duration), 0) as seconds
    from {{ ref('delivered_rows') }} as accepted
    {{ without_strays('accepted', 'cast(accepted.event_at as date)') }}
    where
        accepted.outcome = 'accepted'
        and accepted.user_id not in (select machines.user_id from {{ ref('machines') }} as machines)

),

counted as (

    select
        coalesce(sum(og_calls), 0) + coalesce(sum(og_sms), 0)
        + coalesce(sum(ic_calls), 0) + coalesce(sum(ic_sms), 0) as events,
        coalesce(sum(og_calls), 0) as og_calls,
        coalesce(sum(ic_sms), 0) as ic_sms,
        coalesce(sum(og_vol), 0) + coalesce(sum(ic_vol), 0) as seconds
    from {{ ref('user_metrics_week') }}

)

select
    rows_of_people.events as accepted_events,
    counted.events as counted_events,
    rows_of_people.og_calls as accepted_og_calls,
    counted.og_calls as counted_og_calls,
    rows_of_people.ic_sms as accepted_ic_sms,
    counted.ic_sms as counted_ic_sms,
    rows_of_people.seconds as accepted_seconds,
    counted.seconds as counted_seconds
from rows_of_people
cross join counted
where
    rows_of_people.events != counted.events
    or rows_of_people.og_calls != counted.og_calls
    or rows_of_people.ic_sms != counted.ic_sms
    or rows_of_people.seconds != counted.seconds
