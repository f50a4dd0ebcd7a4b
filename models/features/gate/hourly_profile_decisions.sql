{# one row per antenna, hour of the day and measure #}

with hours as (

    select
        units.antenna_id,
        antenna_residents.residents,
        explode(sequence(0, 23)) as hour
    from {{ ref('units') }} as units
    left join {{ ref('antenna_residents') }} as antenna_residents
        on units.antenna_id = antenna_residents.antenna_id

),

-- position: the measure's place among the columns of final_hourly_profile
hourly_values as (

    select
        hours.antenna_id,
        hours.hour,
        hours.residents,
        {{ stacked_contributions('metrics') }}
    from hours
    left join {{ ref('antenna_metrics_hourly') }} as metrics
        on
            hours.antenna_id = metrics.antenna_id
            and hours.hour = metrics.hour

)

select
    antenna_id,
    hour,
    position,
    measure,
    value,
    users,
    largest,
    {{ privacy_decision('value', 'users', ratio('largest', 'value'), 'residents') }} as decision
from hourly_values
