{#
    The antenna in a period of a row of a released table: the inverse of released_antenna.

    {{ released_key('released') }} = decisions.antenna_id
#}
{% macro released_key(table=none, antenna_id='antenna_id') -%}
    {{ antenna_in_period((table ~ '.' if table else '') ~ antenna_id, period_of_row(table)) }}
{%- endmacro %}
