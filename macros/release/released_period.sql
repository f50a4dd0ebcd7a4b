{#
    The column `period,` of a released table, from an antenna in a period. Nothing with var period all,
    because released tables then have no such column.

    select {{ released_period('antenna_id') }} {{ released_antenna('antenna_id') }} as {{ unit_column() }}
#}
{% macro released_period(antenna_in_period) -%}
    {%- if var('period') != 'all' -%}
        substring_index({{ antenna_in_period }}, ' ', 1) as period,
    {%- endif -%}
{%- endmacro %}
