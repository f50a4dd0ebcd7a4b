{# The locations file: an absolute path or URI as it is, anything else inside the CDR folder. #}
{% macro locations_file() -%}
    {%- set path = var('raw_locations') -%}
    {{ return(path if path.startswith('/') or ':/' in path else raw_data_folder() ~ path) }}
{%- endmacro %}
