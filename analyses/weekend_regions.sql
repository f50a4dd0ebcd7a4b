{#
    Where residents are more active on weekends and holidays than elsewhere, and where less. The
    shares are compared with the period's median antenna, because the share depends on the calendar.
#}

{%- set final_features = released('final_features') %}

with shares as (

    select
        {{ period_in(final_features) }} as period,
        {{ unit_in(final_features) }},
        longitude,
        latitude,
        active_users,
        (og_calls_week_ratio + ic_calls_week_ratio) / 2 as calls_share,
        (og_sms_week_ratio + ic_sms_week_ratio) / 2 as sms_share
    from {{ final_features }}

),

compared as (

    select
        *,
        calls_share - median(calls_share) over (partition by period) as calls_above_median,
        sms_share - median(sms_share) over (partition by period) as sms_above_median
    from shares

)

select
    period,
    {{ unit_in(final_features) }},
    longitude,
    latitude,
    active_users,
    calls_share,
    sms_share,
    calls_above_median,
    sms_above_median,
    case
        when calls_above_median > 0 and sms_above_median > 0 then 'weekend'
        when calls_above_median < 0 and sms_above_median < 0 then 'workday'
        when calls_above_median is not null and sms_above_median is not null then 'mixed'
    end as region
from compared
order by period desc, calls_above_median desc nulls last, {{ unit_in(final_features) }} asc
