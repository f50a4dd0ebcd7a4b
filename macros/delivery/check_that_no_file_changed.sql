{#
    Post-hook of delivered_rows: stops the run when a file changed while it was read, because its rows may
    then be of two versions. The next run reads the file again.
#}
{% macro check_that_no_file_changed(cdr_folder, cdr_files) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- do run_query('refresh table ' ~ cdr_folder) -%}
    {%- set changed = run_query(
        'select listed.source_file from ' ~ cdr_files ~ ' as listed left anti join ('
        ~ files_in_folder() ~ ') as now on listed.source_file = now.source_file '
        ~ 'and listed.file_size = now.file_size and listed.modified_at = now.modified_at order by 1'
    ).columns[0].values() -%}
    {%- if changed -%}
        {{ exceptions.raise_compiler_error(
            "The file '" ~ changed[0] ~ "' changed while it was read. Nothing was released. When its delivery "
            ~ 'is complete, run again (`dbt run` or `dbt build`; `dbt retry` does not list the files anew).'
        ) }}
    {%- endif -%}
{%- endmacro %}
