{# The twenty antennas whose residents call the fewest other places, and how far away these are. #}

with most_isolated as (

    select
        {{ period_of_row() }} as period,
        antenna_id,
        longitude,
        latitude,
        active_users,
        calls_isolation as share_of_antennas_called,
        calls_dist_mean as mean_km_of_calls,
        dist2c as km_to_capital
    from {{ released('final_features') }}
    where calls_isolation is not null
    order by calls_isolation asc, calls_dist_mean desc
    limit 20

)

select * from most_isolated
order by share_of_antennas_called asc, mean_km_of_calls desc
