{# Post-hook of cdr_files: stops the run when there is no file with content. #}
{% macro check_that_files_were_found(cdr_files) -%}
    {%- if execute and run_query('select count(*) from ' ~ cdr_files).columns[0][0] == 0 -%}
        {%- do no_cdr_files(raw_data_folder(), var('raw_file_pattern')) -%}
    {%- endif -%}
{%- endmacro %}
