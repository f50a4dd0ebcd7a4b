{#
    An antenna in a period, as text: 'yyyy-MM <antenna_id>' for months. The tables before level 4 call
    this antenna_id; level 4 takes it apart, see released_period and released_antenna.

    {{ antenna_in_period('antenna_id', period_of('day')) }}
#}
{% macro antenna_in_period(antenna_id, period) -%}
    {{ antenna_id if var('period') == 'all' else "concat(" ~ period ~ ", ' ', " ~ antenna_id ~ ")" }}
{%- endmacro %}
