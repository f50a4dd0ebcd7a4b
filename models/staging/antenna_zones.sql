{# one row per antenna #}

{{ config(enabled=var('zones') is not none) }}

-- depends_on: {{ ref('antennas') }}

{#- Other commands need the columns only. -#}
{%- set zones = '[]' -%}
{%- if execute and flags.WHICH in ('run', 'build', 'retry') -%}
    {%- set zones = zones_of_antennas(ref('antennas')) -%}
{%- endif %}

-- computed where dbt runs, because Spark knows no polygons: see dbt_gnuper/zones.py
select inline(
    from_json(
        {{ text_literal(zones) }},
        'array<struct<antenna_id string, longitude double, latitude double, zone_id string,
            zone_name string>>'
    )
) as (antenna_id, longitude, latitude, zone_id, zone_name)
