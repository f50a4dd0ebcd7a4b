{#
    Where the day begins early: calls and texts in the early peak per call or text in the late peak.
#}

{%- set final_features = released('final_features') %}

with peaks as (

    select
        {{ period_in(final_features) }} as period,
        {{ unit_in(final_features) }},
        longitude,
        latitude,
        active_users,
        (og_calls_peak_ratio + ic_calls_peak_ratio) / 2 as early_per_late_call,
        (og_sms_peak_ratio + ic_sms_peak_ratio) / 2 as early_per_late_text
    from {{ final_features }}

)

select
    period,
    {{ unit_in(final_features) }},
    longitude,
    latitude,
    active_users,
    early_per_late_call,
    early_per_late_text,
    -- 0 is the latest and 1 the earliest riser among the period's antennas with the value
    percent_rank() over (
        partition by period order by early_per_late_call asc
    ) as rank_among_antennas
from peaks
where early_per_late_call is not null
order by period desc, early_per_late_call desc, {{ unit_in(final_features) }} asc
