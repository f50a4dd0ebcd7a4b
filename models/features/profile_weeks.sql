{# one row per period and week with an event of anybody with a home #}

select distinct
    antennas.period,
    antenna_metrics_week.week
from {{ ref('antenna_metrics_week') }} as antenna_metrics_week
inner join {{ ref('antennas') }} as antennas
    on antenna_metrics_week.antenna_id = antennas.antenna_id
