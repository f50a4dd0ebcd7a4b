{# one row per antenna and window of time with an event of a resident #}

select
    residents.antenna_id,
    user_metrics_window.window,
    user_metrics_window.week,
    {{- contributions(measures() + ['calls', 'sms']) }}
from {{ ref('user_metrics_window') }} as user_metrics_window
inner join {{ ref('residents') }} as residents
    on user_metrics_window.user_id = residents.user_id
group by
    residents.antenna_id,
    user_metrics_window.window,
    user_metrics_window.week
