{# one row per ordered pair of antennas with a released number of calls or texts #}

{#
    Made from released values alone, so that it says nothing that the release does not say anyway.

    The gravity model is the usual one (Krings, Calabrese, Ratti and Blondel 2009, "Urban gravity: a
    model for inter-city telecommunication flows"): ln(calls) = a + b ln(users1 users2) + c ln(km),
    fitted by least squares over all pairs of different antennas with released calls and users.
#}

with antennas as (

    select
        antenna_id,
        active_users
    from {{ ref('final_features') }}

),

pairs as (

    select
        forth.antenna_id1,
        forth.antenna_id2,
        forth.call_count - back.call_count as net_calls,
        forth.sms_count - back.sms_count as net_sms,
        case when forth.antenna_id1 != forth.antenna_id2 and forth.call_count > 0 then
            ln(forth.call_count)
        end as log_calls,
        ln(antennas1.active_users) + ln(antennas2.active_users) as log_users,
        case when forth.distance_km > 0 then ln(forth.distance_km) end as log_km
    from {{ ref('final_interactions') }} as forth
    left join {{ ref('final_interactions') }} as back
        on forth.antenna_id1 = back.antenna_id2 and forth.antenna_id2 = back.antenna_id1
    inner join antennas as antennas1
        on forth.antenna_id1 = antennas1.antenna_id
    inner join antennas as antennas2
        on forth.antenna_id2 = antennas2.antenna_id
    where coalesce(forth.call_count, forth.sms_count) is not null

),

fitted_pairs as (

    select
        log_calls,
        log_users,
        log_km
    from pairs
    where log_calls is not null and log_users is not null and log_km is not null

),

means as (

    select
        {{ exact_sum('log_calls') }} / count(*) as log_calls,
        {{ exact_sum('log_users') }} / count(*) as log_users,
        {{ exact_sum('log_km') }} / count(*) as log_km
    from fitted_pairs

),

centred as (

    select
        fitted_pairs.log_calls - means.log_calls as y,
        fitted_pairs.log_users - means.log_users as u,
        fitted_pairs.log_km - means.log_km as d
    from fitted_pairs
    cross join means

),

-- of the normal equations
sums as (

    select
        {{ exact_sum('u * u') }} as uu,
        {{ exact_sum('d * d') }} as dd,
        {{ exact_sum('u * d') }} as ud,
        {{ exact_sum('u * y') }} as uy,
        {{ exact_sum('d * y') }} as dy
    from centred

),

model as (

    select
        means.log_calls,
        means.log_users,
        means.log_km,
        {{ ratio('sums.uy * sums.dd - sums.dy * sums.ud', 'sums.uu * sums.dd - sums.ud * sums.ud') }}
            as users_exponent,
        {{ ratio('sums.dy * sums.uu - sums.uy * sums.ud', 'sums.uu * sums.dd - sums.ud * sums.ud') }}
            as km_exponent
    from sums
    cross join means

)

select
    pairs.antenna_id1,
    pairs.antenna_id2,
    pairs.net_calls,
    pairs.net_sms,
    pairs.log_calls - (
        model.log_calls
        + model.users_exponent * (pairs.log_users - model.log_users)
        + model.km_exponent * (pairs.log_km - model.log_km)
    ) as gravity_residual
from pairs
cross join model
