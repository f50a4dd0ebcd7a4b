{# one row per antenna and hour of the day with an event of a resident #}

select
    residents.antenna_id,
    user_metrics_hourly.hour,
    {{- contributions(measures()) }}
from {{ ref('user_metrics_hourly') }} as user_metrics_hourly
inner join {{ ref('residents') }} as residents
    on user_metrics_hourly.user_id = residents.user_id
group by
    residents.antenna_id,
    user_metrics_hourly.hour
