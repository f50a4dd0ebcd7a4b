{# A column's name in backticks, so that no name can become SQL. #}
{% macro quoted_name(name) -%}
    `{{ name | replace('`', '``') }}`
{%- endmacro %}
