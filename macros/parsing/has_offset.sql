{# Whether a timestamp pattern reads a time zone or an offset from the text. #}
{% macro has_offset(pattern) -%}
    {{ return(adapter.has_offset(pattern)) }}
{%- endmacro %}
