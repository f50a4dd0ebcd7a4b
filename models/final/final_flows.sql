{# one row per period and ordered pair of antennas with a released number of calls or texts #}

{#- With fewer than three pairs the fit is exact and the determinant is rounding error, so no model
    is fitted. -#}
{%- set determinant = 'case when uu * dd - ud * ud > 1e-9 * uu * dd then uu * dd - ud * ud end' -%}

{#
    Computed from released values only, so it discloses nothing beyond the release.

    The gravity model is the usual one (Krings, Calabrese, Ratti and Blondel 2009, "Urban gravity: a
    model for inter-city telecommunication flows"): ln(calls) = a + b ln(users1 users2) + c ln(km).
    It is fitted by least squares to all pairs of different antennas with released calls and users,
    separately for each period.
#}

with antennas as (

    select
        {{ released_key() }} as antenna_id,
        {{ period_of_row() }} as period,
        active_users
    from {{ ref('final_features') }}

),

interactions as (

    select
        {{ released_key(end=1) }} as antenna_id1,
        {{ released_key(end=2) }} as antenna_id2,
        distance_km,
        call_count,
        sms_count
    from {{ ref('final_interactions') }}

),

pairs as (

    select
        forth.antenna_id1,
        forth.antenna_id2,
        antennas1.period,
        forth.call_count - back.call_count as net_calls,
        forth.sms_count - back.sms_count as net_sms,
        case when forth.antenna_id1 != forth.antenna_id2 then ln(forth.call_count) end as log_calls,
        ln(antennas1.active_users) + ln(antennas2.active_users) as log_users,
        case when forth.distance_km > 0 then ln(forth.distance_km) end as log_km
    from interactions as forth
    left join interactions as back
        on forth.antenna_id1 = back.antenna_id2 and forth.antenna_id2 = back.antenna_id1
    inner join antennas as antennas1
        on forth.antenna_id1 = antennas1.antenna_id
    inner join antennas as antennas2
        on forth.antenna_id2 = antennas2.antenna_id
    where coalesce(forth.call_count, forth.sms_count) is not null

),

-- the sums in the normal equations
sums as (

    select
        period,
        count(*) as n,
        {{ exact_sum('log_calls') }} as y,
        {{ exact_sum('log_users') }} as u,
        {{ exact_sum('log_km') }} as d,
        {{ exact_sum('log_users * log_users') }} as uu,
        {{ exact_sum('log_km * log_km') }} as dd,
        {{ exact_sum('log_users * log_km') }} as ud,
        {{ exact_sum('log_users * log_calls') }} as uy,
        {{ exact_sum('log_km * log_calls') }} as dy
    from pairs
    where log_calls is not null and log_users is not null and log_km is not null
    group by period

),

-- centred at the means, so that the equations have two unknowns
centred as (

    select
        period,
        {{ ratio('y', 'n') }} as mean_y,
        {{ ratio('u', 'n') }} as mean_u,
        {{ ratio('d', 'n') }} as mean_d,
        uu - {{ ratio('u * u', 'n') }} as uu,
        dd - {{ ratio('d * d', 'n') }} as dd,
        ud - {{ ratio('u * d', 'n') }} as ud,
        uy - {{ ratio('u * y', 'n') }} as uy,
        dy - {{ ratio('d * y', 'n') }} as dy
    from sums

),

model as (

    select
        period,
        mean_y,
        mean_u,
        mean_d,
        {{ ratio('uy * dd - dy * ud', determinant) }} as users_exponent,
        {{ ratio('dy * uu - uy * ud', determinant) }} as km_exponent
    from centred

)

select
    {{ released_period('pairs.antenna_id1') }}
    {{ released_antenna('pairs.antenna_id1') }} as {{ unit_column(1) }},
    {{ released_antenna('pairs.antenna_id2') }} as {{ unit_column(2) }},
    pairs.net_calls,
    pairs.net_sms,
    {{ rounded(
        'pairs.log_calls - (model.mean_y + model.users_exponent * (pairs.log_users - model.mean_u)'
        ~ ' + model.km_exponent * (pairs.log_km - model.mean_d))',
        var('release_digits'),
    ) }} as gravity_residual
from pairs
left join model
    on pairs.period = model.period
