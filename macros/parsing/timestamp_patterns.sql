{# The patterns to try, in order: var timestamp_format, else the layout's. #}
{% macro timestamp_patterns() -%}
    {%- set patterns = raw_layout().timestamp_format if var('timestamp_format') is none else var('timestamp_format') -%}
    {{ return([patterns] if patterns is string else patterns) }}
{%- endmacro %}
