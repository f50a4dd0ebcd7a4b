{#
    The text of a number without thousands separators and with a decimal point, by the keys decimal and
    thousands of a kind of files or of the antennas file.

    {{ plain_number('longitude', raw_layout().locations) }}
#}
{% macro plain_number(text, part) -%}
    {%- set removed = 'replace(' ~ text ~ ', ' ~ text_literal(part.thousands) ~ ')' if part.thousands else text -%}
    {{ "replace(" ~ removed ~ ", ',', '.')" if part.decimal == ',' else removed }}
{%- endmacro %}
