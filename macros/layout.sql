{# The complete layout of the raw files, by var layout; see dbt_gnuper/layouts.py and docs/layouts.md. #}
{% macro raw_layout() -%}
    {{ return(plugin().layout(var('layout'))) }}
{%- endmacro %}


{#
    What a raw row says of a field of an event, as text; NULL where the layout has no such column.

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


{# The column of the locations file that holds a field, quoted. #}
{% macro location_field(name) -%}
    {{ quoted_name(raw_layout().locations.fields[name]) }}
{%- endmacro %}


{#
    The word that a raw code stands for; NULL for an unknown code. Where the layout has no such
    column, the layout's fixed value, or NULL.

    {{ decoded('direction') }}  ->  case when cdr.`direction` in ('1') then 'in' when ... end
#}
{% macro decoded(name) -%}
    {%- set layout = raw_layout() -%}
    {%- if layout.fields[name] is none -%}
        {{ text_literal(layout.fixed[name]) if name in layout.fixed else 'cast(null as string)' }}
    {%- else -%}
        case
            {%- for word, codes in layout.codes[name].items() if codes %}
            {#- an empty field is NULL to Spark #}
            {%- set value = "coalesce(" ~ raw_field(name) ~ ", '')" if '' in codes else raw_field(name) %}
            when {{ value }} in ({{ literal_list(codes, as_type='text') }}) then {{ text_literal(word) }}
            {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}


{#
    What a delivered file is called. Its name, unless the name is a customer's id: then a pseudonym.

    {{ source_file('cdr') }}
#}
{% macro source_file(table) -%}
    {%- if 'file_name' in raw_layout().fields.values() -%}
        hex({{ pseudonym(table ~ '._metadata.file_name') }})
    {%- else -%}
        {{ file_name(table) }}
    {%- endif -%}
{%- endmacro %}


{# The name of a row's file. Spark gives it as part of an URI: with %20 for a space. #}
{% macro file_name(table) -%}
    {%- set name = table ~ '._metadata.file_name' -%}
    case
        when contains({{ name }}, '%') then url_decode(replace({{ name }}, '+', '%2B')) else {{ name }}
    end
{%- endmacro %}


{# The columns of the CDR files that tell a row from its repetition: all, of Parquet those of fields. #}
{% macro raw_columns() -%}
    {%- set layout = raw_layout() -%}
    {{ return(layout.columns if layout.format == 'csv'
        else layout.fields.values() | reject('in', [none, 'file_name']) | unique | list) }}
{%- endmacro %}


{# A column's name in backticks, so that no name can become SQL. #}
{% macro quoted_name(name) -%}
    `{{ name | replace('`', '``') }}`
{%- endmacro %}
