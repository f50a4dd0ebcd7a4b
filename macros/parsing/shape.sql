{#
    The shape of a text, without its content: every letter becomes a, every digit 9; at most 40
    characters. NULL for NULL.

    {{ shape('datetime') }}: '2018-10-01T00:00' -> '9999-99-99a99:99'
#}
{% macro shape(text) -%}
    regexp_replace(regexp_replace(left({{ text }}, 40), '\\p{L}', 'a'), '\\p{N}', '9')
{%- endmacro %}
