{# The columns of the CDR files that tell a row from its repetition: all, of Parquet those of fields. #}
{% macro raw_columns() -%}
    {%- set layout = raw_layout() -%}
    {{ return(layout.columns if layout.format == 'csv'
        else layout.fields.values() | reject('in', [none, 'file_name']) | unique | list) }}
{%- endmacro %}
