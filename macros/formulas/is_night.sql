{#
    Condition: an hour of the day belongs to the night. The night lasts from var noct_begin, over midnight,
    to just before var noct_end.
#}
{% macro is_night(hour) -%}
    ({{ hour }} >= {{ var('noct_begin') }} or {{ hour }} < {{ var('noct_end') }})
{%- endmacro %}
