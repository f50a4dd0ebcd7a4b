{#
    Column definitions, all of type string.

    {{ text_columns(['antenna_id', 'cell_id']) }}  ->  `antenna_id` string, `cell_id` string
#}
{% macro text_columns(names) -%}
    {%- for name in names %}{{ quoted_name(name) }} string{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}
