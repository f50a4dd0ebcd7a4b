{# one row per antenna, week and week part with an event of a resident #}

{# a view: gnuper's table, which no other model reads #}
{{ config(materialized='view') }}

select
    residents.antenna_id,
    user_metrics_week.week_part,
    user_metrics_week.week,
    {{- contributions(measures()) }}
from {{ ref('user_metrics_week') }} as user_metrics_week
inner join {{ ref('residents') }} as residents
    on user_metrics_week.user_id = residents.user_id
group by
    residents.antenna_id,
    user_metrics_week.week_part,
    user_metrics_week.week
