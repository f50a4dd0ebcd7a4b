{# one row per antenna, week and measure that is withheld for the sake of others #}

-- what is known of all weeks: their sum
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
