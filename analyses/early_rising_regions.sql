{# Where the day begins early: calls and texts of the early peak for each one of the late peak. #}

with peaks as (

    select
        {{ period_of_row() }} as period,
        antenna_id,
        longitude,
        latitude,
        active_users,
        (og_calls_peak_ratio + ic_calls_peak_ratio) / 2 as early_per_late_call,
        (og_sms_peak_ratio + ic_sms_peak_ratio) / 2 as early_per_late_text
    from {{ released('final_features') }}

)

select
    period,
    antenna_id,
    longitude,
    latitude,
    active_users,
    early_per_late_call,
    early_per_late_text,
    -- 0 is the latest and 1 the earliest riser of the antennas that have the value
    percent_rank() over (
        partition by period order by early_per_late_call asc
    ) as rank_among_antennas
from peaks
where early_per_late_call is not null
order by early_per_late_call desc, antenna_id asc
