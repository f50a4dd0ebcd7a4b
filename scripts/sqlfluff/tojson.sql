{# dbt's tojson() for sqlfluff. #}
{% macro tojson(value, sort_keys=false) -%}
    {{ return('{}') }}
{%- endmacro %}
