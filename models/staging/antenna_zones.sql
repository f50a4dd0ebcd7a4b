{# one row per antenna #}

{{ config(enabled=var('zones') is not none) }}

-- computed where dbt runs, because Spark knows no polygons: see dbt_gnuper/zones.py
select inline(
    from_json(
        {{ text_literal(zones_of_antennas(ref('antennas'))) }},
        'array<struct<antenna_id string, longitude double, latitude double, zone_id string,
            zone_name string>>'
    )
) as (antenna_id, longitude, latitude, zone_id, zone_name)
