{# one row per zone and period #}

{{
    config(
        enabled=var('zone_population') is not none,
        post_hook="{{ check_penetration(this) }}",
    )
}}

{%- set population = population_of_zones() %}
{%- set fields = [] %}
{%- for name, type in population.columns.items() %}
    {%- do fields.append(name ~ ' ' ~ type) %}
{%- endfor %}
{%- set further = population.columns | reject('in', ['zone_id', 'population']) | list %}
{%- set measures = ['og_calls', 'og_sms', 'ic_calls', 'ic_sms'] %}

{# Computed from released values and places only, so it discloses nothing beyond the release. #}

with population as (

    select inline(
        from_json(
            {{ text_literal(population.rows) }}, 'array<struct<{{ fields | join(', ') }}>>'
        )
    ) as ({{ population.columns | join(', ') }})

),

antennas as (

    select
        zone_id,
        min(zone_name) as zone_name,
        count(*) as antennas
    from {{ ref('final_zones') }}
    where zone_id is not null
    group by zone_id

),

all_antennas as (

    select count(*) as antennas
    from {{ ref('final_zones') }}

),

-- the zones of both files: a zone may have people and no antenna
zones as (

    select
        coalesce(antennas.zone_id, population.zone_id) as zone_id,
        antennas.zone_name,
        coalesce(antennas.antennas, 0) as antennas,
        {%- for name in further %}
        population.{{ name }},
        {%- endfor %}
        population.population
    from antennas
    full outer join population
        on antennas.zone_id = population.zone_id

),

active_users as (

    select
        {{ period_of_row() }} as period,
        zone_id,
        active_users
    from {{ ref('final_features') }}

),

periods as (

    select distinct period
    from active_users

),

hours as (

    select
        {{ period_of_row() }} as period,
        zone_id,
        {{ measures | join(', ') }},
        withheld_values
    from {{ ref('final_hourly_profile') }}

),

-- NULL where one of the numbers that add up to it is withheld
events as (

    select
        period,
        zone_id,
        case
            when bool_and(
                {%- for measure in measures %}
                {{ 'and ' if not loop.first }}withheld_values not like '%{{ measure }}=%'
                {%- endfor %}
            )
                then sum(
                    {%- for measure in measures %}
                    {{ '+ ' if not loop.first }}coalesce({{ measure }}, 0)
                    {%- endfor %}
                )
        end as events
    from hours
    group by period, zone_id

)

select
    {% if var('period') != 'all' -%}
    periods.period,
    {% endif -%}
    zones.zone_id,
    zones.zone_name,
    zones.population,
    active_users.active_users,
    {{ ratio('active_users.active_users', 'zones.population') }} as penetration,
    {{ ratio('zones.population', 'active_users.active_users') }} as weight,
    zones.antennas,
    {{ ratio('zones.antennas', 'all_antennas.antennas') }} as share_of_antennas,
    {{ ratio('events.events', 'active_users.active_users') }} as events_per_resident
    {%- for name in further %},
    zones.{{ name }}
    {%- endfor %}
from zones
cross join periods
cross join all_antennas
left join active_users
    on
        periods.period = active_users.period
        and zones.zone_id = active_users.zone_id
left join events
    on
        periods.period = events.period
        and zones.zone_id = events.zone_id
