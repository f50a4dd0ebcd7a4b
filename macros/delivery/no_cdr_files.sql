{# Stops the run: there is nothing to read. #}
{% macro no_cdr_files(folder, pattern) -%}
    {{ exceptions.raise_compiler_error(
        "No CDR file matches '" ~ pattern ~ "' in '" ~ folder ~ "'. Set raw_data_path to the folder "
        ~ 'of the daily files and raw_file_pattern to a glob that matches their names.'
    ) }}
{%- endmacro %}
