{#
    What readers can compute by subtraction, from dbt_gnuper/rests.py: each rest with the parts of the
    data that must each be about enough people.

    {{ rests() }}  ->  {'workday.og_calls': ['workday.og_calls'], ...}
#}
{% macro rests() -%}
    {{ return(plugin().rests(windows_of_the_day(), [var('noct_begin'), var('noct_end')], var('bandicoot'))) }}
{%- endmacro %}
