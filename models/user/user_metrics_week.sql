{# one row per user, week and week part with an event #}

{# a view, read once #}
{{ config(materialized='view') }}

select
    user_id,
    week,
    week_part,
    {%- for measure in measures() %}
    sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('user_metrics_part') }}
group by user_id, week, week_part
