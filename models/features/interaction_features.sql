{# one row per antenna #}

with antennas as (

    select * from {{ ref('antennas') }}

),

home_antennas as (

    select
        period,
        count(*) as home_antennas
    from {{ ref('antenna_residents') }}
    group by period

),

antenna_interactions as (

    select * from {{ ref('antenna_interactions') }}

),

totals as (

    select
        antennas.period,
        sum(antenna_interactions.call_count) as all_calls,
        sum(antenna_interactions.sms_count) as all_sms
    from antenna_interactions
    inner join antennas
        on antenna_interactions.antenna_id1 = antennas.antenna_id
    group by antennas.period

),

interactions as (

    select
        antenna_interactions.antenna_id1 as antenna_id,
        antenna_interactions.call_count,
        antenna_interactions.sms_count,
        totals.all_calls,
        totals.all_sms,
        {{ haversine_km(
            'home.latitude', 'home.longitude', 'partner.latitude', 'partner.longitude'
        ) }} as km
    from antenna_interactions
    inner join antennas as home
        on antenna_interactions.antenna_id1 = home.antenna_id
    inner join antennas as partner
        on antenna_interactions.antenna_id2 = partner.antenna_id
    inner join totals
        on home.period = totals.period

),

partner_features as (

    select
        antenna_id,
        {{ ratio(exact_sum('call_count * km'), 'sum(call_count)') }} as calls_dist_mean,
        {{ ratio(exact_sum('sms_count * km'), 'sum(sms_count)') }} as sms_dist_mean,
        count(call_count) as calls_partners,
        count(sms_count) as sms_partners,
        {{ exact_sum(entropy_term('call_count', 'all_calls')) }} as calls_entropy,
        {{ exact_sum(entropy_term('sms_count', 'all_sms')) }} as sms_entropy,
        {{ own_entropy('call_count') }} as calls_partner_entropy,
        {{ own_entropy('sms_count') }} as sms_partner_entropy
    from interactions
    group by antenna_id

)

select
    antennas.antenna_id,
    partner_features.calls_dist_mean,
    partner_features.sms_dist_mean,
    {{ ratio('partner_features.calls_partners', 'home_antennas.home_antennas') }}
        as calls_isolation,
    {{ ratio('partner_features.sms_partners', 'home_antennas.home_antennas') }} as sms_isolation,
    partner_features.calls_entropy,
    partner_features.sms_entropy,
    partner_features.calls_partner_entropy,
    partner_features.sms_partner_entropy,
    {{ haversine_km(
        'antennas.latitude', 'antennas.longitude', var('cap_coords')[0], var('cap_coords')[1]
    ) }} as dist2c
from antennas
left join home_antennas
    on antennas.period = home_antennas.period
left join partner_features
    on antennas.antenna_id = partner_features.antenna_id
