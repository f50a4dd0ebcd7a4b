{# one row per user, week and week part with an event #}

with user_metrics as (

    select * from {{ ref('user_metrics') }}

),

holidays as (

    {{ holiday_dates() }}

),

dated as (

    select
        user_metrics.*,
        {{ week_start('user_metrics.day') }} as week,
        {{ week_part('user_metrics.day', is_holiday='holidays.day is not null') }} as week_part
    from user_metrics
    left join holidays
        on user_metrics.day = holidays.day

)

select
    user_id,
    week,
    week_part,
    {%- for measure in measures() %}
    sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from dated
group by user_id, week, week_part
