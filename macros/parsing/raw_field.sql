{#
    The value of an event's field in a raw row, as text. NULL if the kind of files has no such column.

    {{ raw_field('caller_id', kind) }}  ->  cdr.`msisdn`
    {{ raw_field('cell_id', kind) }}  ->  concat(cdr.`lac`, '-', cdr.`ci`)
#}
{% macro raw_field(name, kind) -%}
    {%- set field = kind.fields[name] -%}
    {%- if field is mapping -%}
        case
            when {{ decoded('direction', kind) }} = 'in'
                then {{ _joined(field['in'], name, kind) }}
            else {{ _joined(field['out'], name, kind) }}
        end
    {%- elif field is none -%}
        cast(null as string)
    {%- else -%}
        {{ _joined(field, name, kind) }}
    {%- endif -%}
{%- endmacro %}


{# The columns of a field as one text; NULL if one of them is. #}
{% macro _joined(field, name, kind) -%}
    {%- set columns = [] -%}
    {%- for column in plugin().columns_of(field) -%}{%- do columns.append(_column(column, kind)) -%}{%- endfor -%}
    {%- if columns | length == 1 -%}
        {{ columns[0] }}
    {%- elif columns -%}
        concat({{ columns | join(", ' ', " if name == 'datetime' else ", '-', ") }})
    {%- else -%}
        cast(null as string)
    {%- endif -%}
{%- endmacro %}


{# A column of a raw row as text. #}
{% macro _column(column, kind) -%}
    {%- if column == 'file_name' -%}
        regexp_extract({{ file_name('cdr') }}, '(?i)^(?:.*/)?(.+?)([.]snappy)?([.](csv|tsv|txt|dat|parquet))?([.](gz|bz2|zst))?$', 1)
    {%- elif kind.format == 'parquet' -%}
        cast(cdr.{{ quoted_name(column) }} as string)
    {%- else -%}
        cdr.{{ quoted_name(column) }}
    {%- endif -%}
{%- endmacro %}
