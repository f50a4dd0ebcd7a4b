{#
    The value of an event's field in a raw row, as text. NULL if the layout has no such column.

    {{ raw_field('caller_id') }}  ->  cdr.`msisdn`
#}
{% macro raw_field(name) -%}
    {%- set column = raw_layout().fields[name] -%}
    {%- if column is none -%}
        cast(null as string)
    {%- elif column == 'file_name' -%}
        regexp_extract({{ file_name('cdr') }}, '(?i)^(.+?)([.]snappy)?([.](csv|tsv|txt|dat|parquet))?([.](gz|bz2|zst))?$', 1)
    {%- elif raw_layout().format == 'parquet' -%}
        cast(cdr.{{ quoted_name(column) }} as string)
    {%- else -%}
        cdr.{{ quoted_name(column) }}
    {%- endif -%}
{%- endmacro %}
