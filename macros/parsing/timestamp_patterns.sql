{# The timestamp patterns to try, in order: those of var timestamp_format, or else the layout's. #}
{% macro timestamp_patterns() -%}
    {%- set patterns = raw_layout().timestamp_format if var('timestamp_format') is none else var('timestamp_format') -%}
    {{ return([patterns] if patterns is string else patterns) }}
{%- endmacro %}
