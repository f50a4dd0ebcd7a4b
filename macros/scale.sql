{#
    Min-max scaling over all rows of the query: (value - min) / (max - min), in [0, 1].
    NULL where the value is NULL, and everywhere when all values are equal.

    {{ scale('og_calls') }}
#}
{% macro scale(value) -%}
    try_divide(
        {{ value }} - min({{ value }}) over (), max({{ value }}) over () - min({{ value }}) over ()
    )
{%- endmacro %}
