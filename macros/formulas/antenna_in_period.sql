{#
    An antenna in a period, as text: 'yyyy-MM <antenna_id>' for months. In tables before level 4 this is
    the column antenna_id. Level 4 separates the two, see released_period and released_antenna.

    {{ antenna_in_period('antenna_id', period_of('day')) }}
#}
{% macro antenna_in_period(antenna_id, period) -%}
    {{ antenna_id if var('period') == 'all' else "concat(" ~ period ~ ", ' ', " ~ antenna_id ~ ")" }}
{%- endmacro %}
