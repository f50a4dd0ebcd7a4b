{#
    Post-hook of a raw table: stops the run when the files of its kind do not have the layout's columns.
    Checks the headers of CSV files and the schema of Parquet files. Times of Parquet files may not be instants
    without a data_timezone.
#}
{% macro check_cdr_columns(cdr, cdr_lines, number) -%}
    {%- if execute -%}
        {%- set kind = raw_kinds()[number - 1] -%}
        {%- if kind.format == 'csv' and kind.header -%}{%- do _check_headers(cdr_lines, kind) -%}{%- endif -%}
        {%- if kind.format == 'parquet' -%}{%- do _check_parquet_columns(cdr, kind) -%}{%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#
    Stops the run when a CSV file does not begin with the layout's header, because its columns may be in
    another order. Spark's own check would quote the line, and the line may be a customer's record.
#}
{% macro _check_headers(cdr_lines, kind) -%}
    {%- set names = adapter.files_without_header(raw_data_folder(), kind.pattern, kind) -%}
    {%- if names is none -%}
        {%- set names = run_query(
            'select ' ~ file_name('cdr_lines') ~ ' from ' ~ cdr_lines ~ ' as cdr_lines '
            ~ 'where ' ~ is_of_kind('cdr_lines', kind) ~ ' group by 1 having count_if(lower(replace(value, ' ~ text_literal(kind.quote) ~ ", '')) = lower("
            ~ text_literal(kind.columns | join(kind.delimiter)) ~ ')) = 0 order by 1'
        ).columns[0].values() -%}
    {%- endif -%}
    {%- if names -%}
        {{ exceptions.raise_compiler_error(
            ('A file' if file_names_are_ids() else "The file '" ~ names[0] ~ "'") ~ (' and ' ~ (names | length - 1) ~ ' more do' if names | length > 1 else ' does')
            ~ ' not begin with the header of the layout: ' ~ kind.columns | join(kind.delimiter)
            ~ '. Deliver again, or describe the files in var layout.'
        ) }}
    {%- endif -%}
{%- endmacro %}


{#
    Stops the run when the Parquet files lack a column of the layout, or have instants that would be taken as
    local times. Warns of instants in another zone than UTC.
#}
{% macro _check_parquet_columns(cdr, kind) -%}
    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(cdr) -%}{%- do types.update({column.name: column.dtype}) -%}{%- endfor -%}
    {%- set columns = types | list -%}
    {%- set known = columns | map('lower') | list + ['file_name'] -%}
    {%- for column in plugin().used_columns(kind) if column | lower not in known -%}
        {{ exceptions.raise_compiler_error(
            'The Parquet files have no column ' ~ column ~ ', which the layout reads. Their columns are: ' ~ columns | join(', ') ~ '. Set fields of var layout accordingly.'
        ) }}
    {%- endfor -%}
    {%- set used = plugin().columns_of(kind.fields.datetime) | map('lower') | list -%}
    {%- set instants = [] -%}
    {#- times without zone are timestamp_ntz -#}
    {%- for name, type in types.items() if type == 'timestamp' and name | lower in used -%}
        {%- do instants.append(name) -%}
    {%- endfor -%}
    {%- set about = adapter.about_instants(instants, kind) -%}
    {%- if about.problem -%}{{ exceptions.raise_compiler_error('The Parquet files have ' ~ about.problem) }}{%- endif -%}
    {%- if about.doubt -%}{%- do exceptions.warn('The Parquet files have ' ~ about.doubt) -%}{%- endif -%}
{%- endmacro %}
