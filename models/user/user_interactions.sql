{# one row per user and correspondent, both with a home antenna #}

with residents as (

    select * from {{ ref('residents') }}

),

-- summed before the join with residents, because the sums are a fraction of the rows
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
    {%- if var('zones') %}
    user_home.home_antenna_id as home_antenna_id1,
    correspondent_home.home_antenna_id as home_antenna_id2,
    {%- endif %}
    contacts.call_count,
    contacts.sms_count,
    contacts.vol_sum
from contacts
inner join residents as user_home
    on contacts.user_id = user_home.user_id
inner join residents as correspondent_home
    on contacts.correspondent_id = correspondent_home.user_id
