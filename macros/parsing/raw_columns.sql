{# The CDR columns that are compared to find repeated rows: all of CSV, of Parquet those that are read. #}
{% macro raw_columns(kind) -%}
    {{ return(kind.columns if kind.format == 'csv' else plugin().used_columns(kind)) }}
{%- endmacro %}
