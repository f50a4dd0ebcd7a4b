{# one row per user, week and week part with an event #}

{# a selection from weekly_metrics #}
{{ config(materialized='view') }}

select
    {{ person_in_period('weekly_metrics.user_id', 'weekly_metrics.period') }} as user_id,
    weekly_metrics.week,
    weekly_metrics.week_part,
    {%- for measure in measures() %}
    weekly_metrics.{{ measure }},
    {%- endfor %}
    {%- for window in windows_of_the_day() %}
    {%- set last_window = loop.last %}
    {%- for measure in measures() %}
    weekly_metrics.{{ window }}_{{ measure }}{{ ',' if not (last_window and loop.last) }}
    {%- endfor %}
    {%- endfor %}
from {{ ref('weekly_metrics') }} as weekly_metrics
left anti join {{ ref('machines') }} as machines
    on weekly_metrics.user_id = machines.user_id
