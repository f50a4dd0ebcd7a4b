{#
    Whether a raw row does not have exactly the columns of its kind of files. With allow_short_rows a row
    may end early. The delimiters of a line tell that, and quotes that are closed hide no line's end.

    {{ is_malformed('cdr', kind) }}  ->  cdr.malformed_row is not null
#}
{% macro is_malformed(table, kind) -%}
    {%- if kind.format == 'parquet' -%}
        false
    {%- elif kind.allow_short_rows -%}
        coalesce(
            {{ _occurrences(table ~ '.malformed_row', kind.delimiter) }} > {{ kind.columns | length - 2 }}
            {%- if kind.quote %}
            or {{ _occurrences(table ~ '.malformed_row', kind.quote) }} % 2 != 0
            {%- endif %},
            false
        )
    {%- else -%}
        {{ table }}.malformed_row is not null
    {%- endif -%}
{%- endmacro %}


{# How often a text has another one in it. #}
{% macro _occurrences(text, part) -%}
    {#- YAML may have the two characters \t for a tab, as Spark's reader has -#}
    {%- set part = '\t' if part == '\\t' else part -%}
    (length({{ text }}) - length(replace({{ text }}, {{ text_literal(part) }}, ''))) div {{ part | length }}
{%- endmacro %}
