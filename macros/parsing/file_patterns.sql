{# The patterns of the CDR files as a text, for messages. #}
{% macro file_patterns() -%}
    {{ return(raw_kinds() | map(attribute='pattern') | join(', ')) }}
{%- endmacro %}
