{# The options of a table over the CDR files, by var raw_data_path and var raw_file_pattern. #}
{% macro cdr_files_options(options={}) -%}
    {{ file_options(raw_data_folder(), dict(options, pathGlobFilter=var('raw_file_pattern'))) }}
{%- endmacro %}
