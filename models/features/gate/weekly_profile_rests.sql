{# one row per antenna, week and measure withheld by secondary suppression #}

-- anyone knows the sum of all weeks
with cells as (

    select
        *,
        'all weeks' as block
    from {{ ref('weekly_profile_decisions') }}

),

{{ secondary_suppression(
    'cells', time='week', distance='abs(datediff(cells.week, withheld.week))'
) }}
