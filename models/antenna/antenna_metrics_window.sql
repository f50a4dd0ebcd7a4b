{# one row per antenna and window of time with an event of a resident #}

select
    user_home_antenna.antenna_id,
    user_metrics_window.window,
    user_metrics_window.week,
    {{- contributions(measures() + ['calls', 'sms']) }}
from {{ ref('user_metrics_window') }} as user_metrics_window
inner join {{ ref('user_home_antenna') }} as user_home_antenna
    on user_metrics_window.user_id = user_home_antenna.user_id
group by
    user_home_antenna.antenna_id,
    user_metrics_window.window,
    user_metrics_window.week
