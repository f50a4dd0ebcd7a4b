{#
    The share of values that was released, per category of features, over the antennas with
    residents. The report of the release counts them over all periods.
#}

{%- set final_features = released('final_features') %}

with report as (

    select
        *,
        case
            when contains(feature, '__') then 'bandicoot'
            when feature like '%_peak_ratio' then 'peaks'
            when feature like '%_work_ratio' then 'working hours'
            when feature like '%_week_ratio' then 'weekends and holidays'
            when feature like '%_var' then 'variance over weeks'
            else 'all time and interactions'
        end as category
    from {{ released('release_report') }}
    where released_table = 'final_features'

),

periods as (

    select count(distinct {{ period_in(final_features) }}) as periods
    from {{ final_features }}

)

select
    report.category,
    count(*) as features,
    any_value(periods.periods) as periods,
    {{ ratio('sum(report.released)', 'sum(report.total - report.no_data)') }} as released_share,
    {{ ratio('sum(report.withheld_k)', 'sum(report.total - report.no_data)') }}
        as too_few_users_share,
    {{ ratio('sum(report.withheld_dominance)', 'sum(report.total - report.no_data)') }}
        as dominated_share
from report
cross join periods
group by report.category
order by released_share
