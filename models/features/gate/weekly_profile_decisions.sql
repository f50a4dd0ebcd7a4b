{# one row per antenna, week and measure #}

with weeks as (

    select
        units.antenna_id,
        antenna_residents.residents,
        profile_weeks.week
    from {{ ref('units') }} as units
    inner join {{ ref('profile_weeks') }} as profile_weeks
        on units.period = profile_weeks.period
    left join {{ ref('antenna_residents') }} as antenna_residents
        on units.antenna_id = antenna_residents.antenna_id

),

week_metrics as (

    select *
    from {{ ref('antenna_metrics_window') }}
    where window = 'week'

),

-- position: the measure's place among the columns of final_weekly_profile
weekly_values as (

    select
        weeks.antenna_id,
        weeks.week,
        weeks.residents,
        {{ stacked_contributions('metrics') }}
    from weeks
    left join week_metrics as metrics
        on
            weeks.antenna_id = metrics.antenna_id
            and weeks.week = metrics.week

)

select
    antenna_id,
    week,
    position,
    measure,
    value,
    users,
    largest,
    {{ privacy_decision('value', 'users', ratio('largest', 'value'), 'residents') }} as decision
from weekly_values
