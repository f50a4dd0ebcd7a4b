{#
    The file of var zones, or of another var beside the CDR files: an absolute path or URI as it is, anything else inside the CDR
    folder. None if the var names no file.

    {{ zones_file('zone_population') }}
#}
{% macro zones_file(name='zones') -%}
    {%- set path = var(name) -%}
    {%- if path is not string -%}{{ return(none) }}{%- endif -%}
    {{ return(path if path.startswith('/') or ':/' in path else raw_data_folder() ~ path) }}
{%- endmacro %}
