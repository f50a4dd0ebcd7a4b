{#
    A text as a SQL literal, so that no value of a var can end the literal and become SQL, and none
    names a variable (${env:HOME}) that Spark would put in its place.

    {{ text_literal("it's") }}  ->  'it\'s'
#}
{% macro text_literal(text) -%}
    '{{ text | string | replace("\\", "\\\\") | replace("'", "\\'") | replace("${", "\\u0024{") }}'
{%- endmacro %}
