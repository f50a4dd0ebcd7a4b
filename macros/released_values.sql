{#
    Query with one row per antenna, period and feature of a released table final_features: antenna_id
    (with the period, see antenna_in_period), position (the place among the features), feature and
    value, NULL where there is none.

    select * from ({{ released_values(released('final_features')) }})
#}
{% macro released_values(relation) -%}
    select
        {{ released_key() }} as antenna_id,
        stack(
            {{ features() | length }},
            {%- for feature in features() %}
            {{ loop.index0 }}, '{{ feature.name }}',
            cast({{ feature.name }} as double){{ ',' if not loop.last }}
            {%- endfor %}
        ) as (position, feature, value)
    from {{ relation }}
{%- endmacro %}
