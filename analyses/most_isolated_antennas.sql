{#
    The twenty antennas of each period whose residents call the fewest other places, and how far away
    these are.
#}

{%- set final_features = released('final_features') %}

with antennas as (

    select
        {{ period_in(final_features) }} as period,
        {{ unit_in(final_features) }},
        longitude,
        latitude,
        active_users,
        calls_isolation as share_of_antennas_called,
        calls_dist_mean as mean_km_of_calls,
        dist2c as km_to_capital
    from {{ final_features }}
    where calls_isolation is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by period
            order by
                share_of_antennas_called asc,
                mean_km_of_calls desc,
                {{ unit_in(final_features) }} asc
        ) as place_in_period
    from antennas

)

select
    period,
    place_in_period,
    {{ unit_in(final_features) }},
    longitude,
    latitude,
    active_users,
    share_of_antennas_called,
    mean_km_of_calls,
    km_to_capital
from ranked
where place_in_period <= 20
order by period desc, place_in_period asc
