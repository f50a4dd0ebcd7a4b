{# one row per user and correspondent, both with a home antenna #}

with user_home_antenna as (

    select * from {{ ref('user_home_antenna') }}

),

events as (

    select * from {{ ref('events') }}

)

select
    events.user_id,
    events.correspondent_id,
    caller_home.antenna_id as antenna_id1,
    correspondent_home.antenna_id as antenna_id2,
    sum(case when events.interaction = 'call' then 1 end) as call_count,
    sum(case when events.interaction = 'text' then 1 end) as sms_count,
    sum(events.call_duration) as vol_sum
from events
inner join user_home_antenna as caller_home
    on events.user_id = caller_home.user_id
inner join user_home_antenna as correspondent_home
    on events.correspondent_id = correspondent_home.user_id
group by
    events.user_id,
    events.correspondent_id,
    caller_home.antenna_id,
    correspondent_home.antenna_id
