{#
    Min-max scaling: (value - min) / (max - min). Minimum and maximum are taken over the rows of the same
    `period` that meet the condition `among`; in these rows the result is in [0, 1]. NULL where the value
    is NULL, and everywhere when all values are equal.

    {{ scale('og_calls', among='is_released') }}
#}
{% macro scale(value, among) -%}
    try_divide(
        {{ value }} - min(case when {{ among }} then {{ value }} end) over (partition by period),
        max(case when {{ among }} then {{ value }} end) over (partition by period)
        - min(case when {{ among }} then {{ value }} end) over (partition by period)
    )
{%- endmacro %}
