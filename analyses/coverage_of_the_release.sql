{# Per category of features: which share of the antennas with residents has a released value. #}

with report as (

    select
        *,
        case
            when position >= {{ features() | length }} then 'bandicoot'
            when feature like '%_peak_ratio' then 'peaks'
            when feature like '%_work_ratio' then 'working hours'
            when feature like '%_week_ratio' then 'weekends and holidays'
            when feature like '%_var' then 'variance over weeks'
            else 'all time and interactions'
        end as category
    from {{ released('release_report') }}
    where released_table = 'final_features'

)

select
    category,
    count(*) as features,
    {{ ratio('sum(released)', 'sum(total - no_data)') }} as released_share,
    {{ ratio('sum(withheld_k)', 'sum(total - no_data)') }} as too_few_users_share,
    {{ ratio('sum(withheld_dominance)', 'sum(total - no_data)') }} as dominated_share
from report
group by category
order by released_share
