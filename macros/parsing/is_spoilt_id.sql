{#
    Whether an id is a number that a spreadsheet or a data frame has spoilt: in scientific notation, or
    with decimals. Two searches for a character decide first, because the pattern costs more.

    {{ is_spoilt_id('caller_id') }}: 4.917E+11, 491700000001.0
#}
{% macro is_spoilt_id(id) -%}
    (contains({{ id }}, '.') or contains({{ id }}, 'E+'))
    and {{ id }} rlike '^[0-9]+([.,][0-9]+)?([eE][+][0-9]+)?$'
{%- endmacro %}
