{#
    The hours of each section of the day, by its number. Sections are the smallest pieces into which working
    hours, peaks and night cut the day.

    {{ sections_of_the_day() }}  ->  {0: [0, 1, 2, 6], 1: [3, 4, 5], ...}
#}
{% macro sections_of_the_day() -%}
    {{ return(plugin().sections_of_the_day(windows_of_the_day(), [var('noct_begin'), var('noct_end')])) }}
{%- endmacro %}
