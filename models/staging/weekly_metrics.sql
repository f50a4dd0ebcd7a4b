{# one row per user, week and week part with an accepted row #}

{{
    config(
        materialized='incremental',
        incremental_strategy='insert_overwrite',
        partition_by=['week'],
        on_schema_change='fail',
    )
}}

{# includes the windows of the day, so that the rows are read once for all windows of time #}
{% call sums_by_week(inputs=holiday_dates()) %}
with holidays as (

    {{ holiday_dates() }}

),

dated as (

    select
        accepted.*,
        {{ week_part('accepted.day', is_holiday='holidays.day is not null') }} as week_part
    from accepted
    left join holidays
        on accepted.day = holidays.day

)

select
    user_id,
    period,
    week_part,
    {{- event_measures() }},
    {%- for window, hours in windows_of_the_day().items() %}
    {{- event_measures(prefix=window ~ '_', condition=in_hours('hour', hours[0], hours[1])) }},
    {%- endfor %}
    week
from dated
group by user_id, period, week_part, week
{% endcall %}
