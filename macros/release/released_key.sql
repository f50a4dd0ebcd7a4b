{#
    The antenna in a period that a row of a released table is about: the other way round.

    {{ released_key('released') }} = decisions.antenna_id
#}
{% macro released_key(table=none, antenna_id='antenna_id') -%}
    {{ antenna_in_period((table ~ '.' if table else '') ~ antenna_id, period_of_row(table)) }}
{%- endmacro %}
