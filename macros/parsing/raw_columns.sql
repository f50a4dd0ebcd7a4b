{# The CDR columns that are compared to find repeated rows: all of CSV, of Parquet those of `fields`. #}
{% macro raw_columns() -%}
    {%- set layout = raw_layout() -%}
    {{ return(layout.columns if layout.format == 'csv'
        else layout.fields.values() | reject('in', [none, 'file_name']) | unique | list) }}
{%- endmacro %}
