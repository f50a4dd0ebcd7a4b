{# one row per antenna #}

{%- set places = ref('antennas') if var('zones') else 'units' %}

with units as (

    select * from {{ ref('units') }}

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
        units.period,
        sum(antenna_interactions.call_count) as all_calls,
        sum(antenna_interactions.sms_count) as all_sms
    from antenna_interactions
    inner join units
        on antenna_interactions.antenna_id1 = units.antenna_id
    group by units.period

),

partner_features as (

    select
        antenna_interactions.antenna_id1 as antenna_id,
        count(antenna_interactions.call_count) as calls_partners,
        count(antenna_interactions.sms_count) as sms_partners,
        {{ exact_sum(entropy_term('antenna_interactions.call_count', 'totals.all_calls')) }}
            as calls_entropy,
        {{ exact_sum(entropy_term('antenna_interactions.sms_count', 'totals.all_sms')) }}
            as sms_entropy,
        {{ own_entropy('antenna_interactions.call_count') }} as calls_own_entropy,
        {{ own_entropy('antenna_interactions.sms_count') }} as sms_own_entropy,
        {%- for kind, count in {'calls': 'call_count', 'sms': 'sms_count'}.items() %}
        {%- set amount = 'antenna_interactions.' ~ count %}
        {%- if capital() %}
        {{ ratio(
            'coalesce(sum(' ~ amount ~ ') filter (where '
            ~ is_in_capital('antenna_interactions.antenna_id2') ~ '), 0)',
            'sum(' ~ amount ~ ')',
        ) }} as {{ kind }}_capital_share,
        {%- else %}
        cast(null as double) as {{ kind }}_capital_share,
        {%- endif %}
        {%- endfor %}
        {{ own_evenness('antenna_interactions.call_count') }} as calls_partner_entropy,
        {{ own_evenness('antenna_interactions.sms_count') }} as sms_partner_entropy
    from antenna_interactions
    inner join units
        on antenna_interactions.antenna_id1 = units.antenna_id
    inner join totals
        on units.period = totals.period
    group by antenna_interactions.antenna_id1

),

-- the pairs of home antennas; kilometres are those between them, also within and between zones
home_interactions as (

    {% if var('zones') -%}
    select
        antenna_id1 as antenna_id,
        home_antenna_id1,
        home_antenna_id2,
        sum(call_count) as call_count,
        sum(sms_count) as sms_count
    from {{ ref('user_interactions') }}
    group by antenna_id1, home_antenna_id1, home_antenna_id2
    {%- else -%}
    select
        antenna_id1 as antenna_id,
        antenna_id1 as home_antenna_id1,
        antenna_id2 as home_antenna_id2,
        call_count,
        sms_count
    from antenna_interactions
    {%- endif %}

),

distances as (

    select
        home_interactions.antenna_id,
        home_interactions.call_count,
        home_interactions.sms_count,
        {{ haversine_km(
            'home.latitude', 'home.longitude', 'partner.latitude', 'partner.longitude'
        ) }} as km
    from home_interactions
    inner join {{ places }} as home
        on home_interactions.home_antenna_id1 = home.antenna_id
    inner join {{ places }} as partner
        on home_interactions.home_antenna_id2 = partner.antenna_id

),

distance_features as (

    select
        antenna_id,
        {{ ratio(exact_sum('call_count * km'), 'sum(call_count)') }} as calls_dist_mean,
        {{ ratio(exact_sum('sms_count * km'), 'sum(sms_count)') }} as sms_dist_mean
    from distances
    group by antenna_id

)

select
    units.antenna_id,
    distance_features.calls_dist_mean,
    distance_features.sms_dist_mean,
    {{ ratio('partner_features.calls_partners', 'home_antennas.home_antennas') }}
        as calls_isolation,
    {{ ratio('partner_features.sms_partners', 'home_antennas.home_antennas') }} as sms_isolation,
    partner_features.calls_entropy,
    partner_features.sms_entropy,
    partner_features.calls_own_entropy,
    partner_features.sms_own_entropy,
    partner_features.calls_partners,
    partner_features.sms_partners,
    partner_features.calls_capital_share,
    partner_features.sms_capital_share,
    partner_features.calls_partner_entropy,
    partner_features.sms_partner_entropy,
    {{ haversine_km(
        'units.latitude', 'units.longitude', var('cap_coords')[0], var('cap_coords')[1]
    ) }} as dist2c
from units
left join home_antennas
    on units.period = home_antennas.period
left join partner_features
    on units.antenna_id = partner_features.antenna_id
left join distance_features
    on units.antenna_id = distance_features.antenna_id
