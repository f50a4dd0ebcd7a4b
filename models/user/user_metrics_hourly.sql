{# one row per user and hour of the day with an event #}

select
    user_id,
    hour,
    {%- for measure in measures() %}
    sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('user_metrics') }}
group by user_id, hour
