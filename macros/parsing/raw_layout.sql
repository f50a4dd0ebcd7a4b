{#
    The complete layout of the raw files, by var layout and var local_timezone; see dbt_gnuper/layouts.py
    and docs/layouts.md.
#}
{% macro raw_layout() -%}
    {{ return(plugin().layout(var('layout'), var('local_timezone'))) }}
{%- endmacro %}
