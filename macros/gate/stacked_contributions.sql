{#
    The six measures of a table with the columns of the macro `contributions`, one row each: position,
    measure, value, users and largest.

    select antenna_id, hour, {{ stacked_contributions('metrics') }} from ... as metrics
#}
{% macro stacked_contributions(table) -%}
    stack(
            {{ measures() | length }},
            {%- for measure in measures() %}
            {{ loop.index0 }}, '{{ measure }}', {{ table }}.{{ measure }},
            {{ table }}.{{ measure }}_users, {{ table }}.{{ measure }}_largest{{ ',' if not loop.last }}
            {%- endfor %}
        ) as (position, measure, value, users, largest)
{%- endmacro %}
