{# The complete layout of the raw files, by var layout; see dbt_gnuper/layouts.py and docs/layouts.md. #}
{% macro raw_layout() -%}
    {{ return(plugin().layout(var('layout'))) }}
{%- endmacro %}
