{#
    Post-hook of cdr: stops the run when the files do not have the layout's columns. Checks the headers of
    CSV files and the schema of Parquet files.
#}
{% macro check_cdr_columns(cdr, cdr_lines) -%}
    {%- if execute -%}
        {%- set layout = raw_layout() -%}
        {%- if layout.format == 'csv' and layout.header -%}{%- do _check_headers(cdr_lines) -%}{%- endif -%}
        {%- if layout.format == 'parquet' -%}{%- do _check_parquet_columns(cdr) -%}{%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#
    Stops the run when a CSV file does not begin with the layout's header, because its columns may be in
    another order. Spark's own check would quote the line, and the line may be a customer's record.
#}
{% macro _check_headers(cdr_lines) -%}
    {%- set layout = raw_layout() -%}
    {%- set names = adapter.files_without_header(raw_data_folder(), var('raw_file_pattern'), layout) -%}
    {%- if names is none -%}
        {%- set names = run_query(
            'select ' ~ file_name('cdr_lines') ~ ' from ' ~ cdr_lines ~ ' as cdr_lines '
            ~ 'group by cdr_lines._metadata.file_name having count_if(lower(replace(value, ' ~ text_literal(layout.quote) ~ ", '')) = lower("
            ~ text_literal(layout.columns | join(layout.delimiter)) ~ ')) = 0 order by 1'
        ).columns[0].values() -%}
    {%- endif -%}
    {%- if names -%}
        {{ exceptions.raise_compiler_error(
            ('A file' if file_names_are_ids() else "The file '" ~ names[0] ~ "'") ~ (' and ' ~ (names | length - 1) ~ ' more do' if names | length > 1 else ' does')
            ~ ' not begin with the header of the layout: ' ~ layout.columns | join(layout.delimiter)
            ~ '. Deliver again, or describe the files in var layout.'
        ) }}
    {%- endif -%}
{%- endmacro %}


{# Stops the run when the Parquet files lack a column of the layout. #}
{% macro _check_parquet_columns(cdr) -%}
    {%- set columns = adapter.get_columns_in_relation(cdr) | map(attribute='name') | list -%}
    {%- set known = columns | map('lower') | list + ['file_name'] -%}
    {%- for name, column in raw_layout().fields.items() if column is not none and column | lower not in known -%}
        {{ exceptions.raise_compiler_error(
            'The Parquet files have no column ' ~ column ~ ', from which the layout takes ' ~ name ~ '. Their columns '
            ~ 'are: ' ~ columns | join(', ') ~ '. Set fields of var layout accordingly.'
        ) }}
    {%- endfor -%}
{%- endmacro %}
