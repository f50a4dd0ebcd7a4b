{# one row per antenna, week and measure withheld by secondary suppression #}

-- anyone knows the sum of all weeks
with cells as (

    select
        *,
        'all weeks' as block,
        false as is_gated_sum
    from {{ ref('weekly_profile_decisions') }}

),

found as (

    {{ secondary_suppression('cells', time='week') | indent }}

)

select
    antenna_id,
    week,
    measure
from found
