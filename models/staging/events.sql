{# one row per accepted event and side of it, machines and strays left out #}

{# a view: a second copy of all events would cost more than it saves #}
{{ config(materialized='view') }}

{%- set period = period_of('delivered_rows.event_at') %}

select
    {{ person_in_period('delivered_rows.user_id', period) }} as user_id,
    {{ person_in_period('delivered_rows.correspondent_id', period) }} as correspondent_id,
    {{ antenna_in_period('delivered_rows.antenna_id', period) }} as antenna_id,
    delivered_rows.direction,
    delivered_rows.interaction,
    delivered_rows.call_duration,
    {%- if raw_layout().fields.call_duration is none %}
    false as has_empty_duration,
    {%- else %}
    delivered_rows.interaction = 'call' and delivered_rows.call_duration is null
        as has_empty_duration,
    {%- endif %}
    delivered_rows.is_national,
    delivered_rows.event_at,
    cast(delivered_rows.event_at as date) as day,
    hour(delivered_rows.event_at) as hour
from {{ ref('delivered_rows') }} as delivered_rows
left anti join {{ ref('machines') }} as machines
    on delivered_rows.user_id = machines.user_id
{{ without_strays('delivered_rows', 'cast(delivered_rows.event_at as date)') }}
where delivered_rows.outcome = 'accepted'
