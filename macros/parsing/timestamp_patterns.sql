{# The formats of times to try, in order: those of var timestamp_format, or else of the kind of files. #}
{% macro timestamp_patterns(kind) -%}
    {%- set patterns = kind.timestamp_format if var('timestamp_format') is none else var('timestamp_format') -%}
    {{ return([patterns] if patterns is string else patterns) }}
{%- endmacro %}
