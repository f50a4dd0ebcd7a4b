{#
    Query with one row per period, antenna and feature of a released table final_features. Its columns are
    period ('all' if the table has none), antenna_id, position (the place among the features), feature and
    value (NULL if there is none).

    select * from ({{ released_values(released('final_features')) }})
#}
{% macro released_values(relation) -%}
    select
        {{ period_in(relation) }} as period,
        {{ unit_in(relation) }} as antenna_id,
        stack(
            {{ features() | length }},
            {%- for feature in features() %}
            {{ loop.index0 }}, '{{ feature.name }}',
            cast({{ feature.name }} as double){{ ',' if not loop.last }}
            {%- endfor %}
        ) as (position, feature, value)
    from {{ relation }}
{%- endmacro %}
