{# one row per antenna and hour of the day with an event of a resident #}

select
    user_home_antenna.antenna_id,
    user_metrics_hourly.hour,
    {{- contributions(measures()) }}
from {{ ref('user_metrics_hourly') }} as user_metrics_hourly
inner join {{ ref('user_home_antenna') }} as user_home_antenna
    on user_metrics_hourly.user_id = user_home_antenna.user_id
group by
    user_home_antenna.antenna_id,
    user_metrics_hourly.hour
