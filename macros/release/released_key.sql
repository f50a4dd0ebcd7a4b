{#
    The antenna or zone in a period of a row of a table of level 4: the inverse of released_antenna. `end` is
    1 or 2 for tables of pairs.

    {{ released_key('released') }} = decisions.antenna_id
#}
{% macro released_key(table=none, end='') -%}
    {{ antenna_in_period((table ~ '.' if table else '') ~ unit_column(end), period_of_row(table)) }}
{%- endmacro %}
