{# The folder of the CDR files; ends with a slash. #}
{% macro raw_data_folder() -%}
    {{ return(absolute_path(var('raw_data_path')).rstrip('/') ~ '/') }}
{%- endmacro %}
