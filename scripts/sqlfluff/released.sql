{# A released table for sqlfluff, which knows no target. #}
{% macro released(name, schema=none) -%}
    {{ name }}
{%- endmacro %}
