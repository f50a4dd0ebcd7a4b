{#
    A text as a SQL literal. It is escaped, so that no value of a var can end the literal and become SQL,
    and Spark replaces no variable such as ${env:HOME} in it.

    {{ text_literal("it's") }}  ->  'it\'s'
#}
{% macro text_literal(text) -%}
    '{{ text | string | replace("\\", "\\\\") | replace("'", "\\'") | replace("${", "\\u0024{") }}'
{%- endmacro %}
