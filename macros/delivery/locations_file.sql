{# The locations file: an absolute path or URI as it is, anything else inside the CDR folder. #}
{% macro locations_file() -%}
    {{ return(zones_file('raw_locations')) }}
{%- endmacro %}
