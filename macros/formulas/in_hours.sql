{#
    Condition: an hour of the day lies in the window from `first` to `last`, both included.

    {{ in_hours('hour', 9, 17) }}  ->  hour between 9 and 17
#}
{% macro in_hours(hour, first, last) -%}
    {{ hour }} between {{ first }} and {{ last }}
{%- endmacro %}
