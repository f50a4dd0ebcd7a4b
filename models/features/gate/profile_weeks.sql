{# one row per period and week with an event of anybody with a home #}

select distinct
    units.period,
    antenna_metrics_window.week
from {{ ref('antenna_metrics_window') }} as antenna_metrics_window
inner join {{ ref('units') }} as units
    on antenna_metrics_window.antenna_id = units.antenna_id
where antenna_metrics_window.window = 'week'
