{# Whether a released table has periods, for sqlfluff, which asks no catalog. #}
{% macro has_periods(relation) -%}
    {{ return(false) }}
{%- endmacro %}
