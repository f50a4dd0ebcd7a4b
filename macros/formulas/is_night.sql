{#
    Condition: an hour of the day belongs to the night, which lasts over midnight from
    var noct_begin to just before var noct_end.
#}
{% macro is_night(hour) -%}
    ({{ hour }} >= {{ var('noct_begin') }} or {{ hour }} < {{ var('noct_end') }})
{%- endmacro %}
