{#
    Great-circle distance between two points in kilometres (haversine formula, radius of the Earth
    6371 km). Coordinates are in decimal degrees. NULL when a coordinate is NULL.

    {{ haversine_km('home.latitude', 'home.longitude', '52.5', '13.4') }}
#}
{% macro haversine_km(latitude1, longitude1, latitude2, longitude2) -%}
    2 * 6371 * asin(sqrt(least(
        1.0D,
        pow(sin(radians({{ latitude2 }} - {{ latitude1 }}) / 2), 2)
        + cos(radians({{ latitude1 }})) * cos(radians({{ latitude2 }}))
        * pow(sin(radians({{ longitude2 }} - {{ longitude1 }}) / 2), 2)
    )))
{%- endmacro %}
