{# one row per antenna with residents and bandicoot indicator #}

{{ config(enabled=var('bandicoot')) }}

-- one row per resident and indicator; position 0 is the number of records
with resident_indicators as (

    select
        residents.antenna_id,
        posexplode(
            concat(
                array(cast(user_bandicoot.number_of_records as double)),
                user_bandicoot.indicators
            )
        ) as (position, value)
    from {{ ref('user_bandicoot') }} as user_bandicoot
    inner join {{ ref('residents') }} as residents
        on user_bandicoot.user_id = residents.user_id
    where user_bandicoot.error is null

),

-- the plain mean over the residents who have the indicator
indicator_means as (

    select
        antenna_id,
        position,
        {{ ratio(exact_sum('value'), 'count(value)') }} as value,
        count(value) as users_with_indicator,
        count(nullif(value, 0)) as users,
        {{ ratio('max(abs(value))', exact_sum('abs(value)')) }} as largest_share
        {%- if var('zones') %},
        -- values that are equal but for rounding have no deviation
        case
            when max(value) - min(value) > 1e-12 * max(abs(value)) then stddev_samp(value)
        end as deviation,
        greatest(max(value) - avg(value), avg(value) - min(value)) as largest_deviation
        {%- endif %}
    from resident_indicators
    group by antenna_id, position

)

select
    antenna_id,
    position,
    value,
    users_with_indicator,
    -- who has 0 adds nothing to the mean
    users,
    -- exact_sum of a single value may differ in the last digit, and its share exceed 1
    case when largest_share > 1 then 1 else largest_share end as largest_share
    {%- if var('zones') %},
    -- for final_precision
    deviation,
    largest_deviation
    {%- endif %}
from indicator_means
