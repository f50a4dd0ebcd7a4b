{#
    Columns, format and options of the raw table of a kind of CDR files, by its number in the layout. All
    columns of CSV files are text, so that no row is lost because of a type.
#}
{% macro raw_records(number) -%}
    {%- for kind in raw_kinds()[number - 1:number] -%}
        {%- if kind.format == 'csv' -%}
(
    {{ text_columns(kind.columns + ['malformed_row']) }}
)
using csv
options ({{ cdr_files_options([kind], csv_options(kind)) }})
        {%- else -%}
using parquet
options ({{ cdr_files_options([kind]) }})
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
