{# one row per week with an event of anybody with a home #}

select distinct week
from {{ ref('antenna_metrics_week') }}
