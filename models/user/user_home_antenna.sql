{# one row per user with a home #}

{{ config(post_hook="{{ check_that_users_have_homes(this) }}") }}

{%- set user_id = person_in_period('weekly_visits.user_id', 'weekly_visits.period') -%}
{%- set antenna_id = antenna_in_period('weekly_visits.antenna_id', 'weekly_visits.period') -%}

{%- set visits -%}
    select
        {{ user_id }} as user_id,
        {{ antenna_id }} as antenna_id,
        weekly_visits.day,
        -- a night may belong to two weeks
        sum(weekly_visits.events) as events
    from {{ ref('weekly_visits') }} as weekly_visits
    left anti join {{ ref('machines') }} as machines
        on weekly_visits.user_id = machines.user_id
    group by {{ user_id }}, {{ antenna_id }}, weekly_visits.day
{%- endset %}

{{ home_antennas(var('home_rule'), visits) }}
