{# The column of the locations file that holds a field, quoted. #}
{% macro location_field(name) -%}
    {{ quoted_name(raw_layout().locations.fields[name]) }}
{%- endmacro %}
