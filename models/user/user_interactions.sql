{# one row per user and correspondent, both with a home antenna #}

with user_home_antenna as (

    select * from {{ ref('user_home_antenna') }}

),

-- summed before the join with homes, because the sums are a fraction of the rows
contacts as (

    select
        user_id,
        correspondent_id,
        sum(case when interaction = 'call' then 1 end) as call_count,
        sum(case when interaction = 'text' then 1 end) as sms_count,
        sum(call_duration) as vol_sum
    from {{ ref('events') }}
    where correspondent_id is not null
    group by user_id, correspondent_id

)

select
    contacts.user_id,
    contacts.correspondent_id,
    user_home.antenna_id as antenna_id1,
    correspondent_home.antenna_id as antenna_id2,
    contacts.call_count,
    contacts.sms_count,
    contacts.vol_sum
from contacts
inner join user_home_antenna as user_home
    on contacts.user_id = user_home.user_id
inner join user_home_antenna as correspondent_home
    on contacts.correspondent_id = correspondent_home.user_id
