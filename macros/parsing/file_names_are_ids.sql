{# Whether files are called by customers' ids, which no message may say. #}
{% macro file_names_are_ids() -%}
    {{ return('file_name' in raw_layout().fields.values()) }}
{%- endmacro %}
