{#
    Post-hook of cdr_files: stops the run when there is no file with content, or when a file is of two
    kinds, because its rows would be read twice.
#}
{% macro check_that_files_were_found(cdr_files) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set files = run_query('select count(*), count_if(kinds > 1) from ' ~ cdr_files).rows[0] -%}
    {%- if files[0] == 0 -%}{%- do no_cdr_files(raw_data_folder(), file_patterns()) -%}{%- endif -%}
    {%- if files[1] > 0 -%}
        {{ exceptions.raise_compiler_error(
            files[1] ~ ' of the ' ~ files[0] ~ " files in '" ~ raw_data_folder() ~ "' match the patterns of two kinds of "
            ~ 'files of the layout (' ~ file_patterns() ~ '). Give each kind a pattern that no other kind of file has.'
        ) }}
    {%- endif -%}
{%- endmacro %}
