{# one row per user, week and week part with an event #}

{# also of the windows of the day: the events are read once for all windows of time #}

with holidays as (

    {{ holiday_dates() }}

),

dated as (

    select
        events.user_id,
        events.hour,
        events.direction,
        events.interaction,
        events.call_duration,
        {{ week_start('events.day') }} as week,
        {{ week_part('events.day', is_holiday='holidays.day is not null') }} as week_part
    from {{ ref('events') }} as events
    left join holidays
        on events.day = holidays.day

)

select
    user_id,
    week,
    week_part,
    {{- event_measures() }}
    {%- for window, hours in windows_of_the_day().items() %},
    {{- event_measures(prefix=window ~ '_', condition=in_hours('hour', hours[0], hours[1])) }}
    {%- endfor %}
from dated
group by user_id, week, week_part
