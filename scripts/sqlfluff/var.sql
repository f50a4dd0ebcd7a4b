{# dbt's var() for sqlfluff. #}
{% macro var(name, default=none) -%}
    {{ return(project.value_of(name)) }}
{%- endmacro %}
