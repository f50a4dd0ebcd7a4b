{#
    The word for a raw code, by the layout. NULL for an unknown code. If the layout has no such column, it
    is the layout's fixed value, or NULL.

    {{ decoded('direction') }}  ->  case when cdr.`direction` in ('1') then 'in' when ... end
#}
{% macro decoded(name) -%}
    {%- set layout = raw_layout() -%}
    {%- if layout.fields[name] is none -%}
        {{ text_literal(layout.fixed[name]) if name in layout.fixed else 'cast(null as string)' }}
    {%- else -%}
        case
            {%- for word, codes in layout.codes[name].items() if codes %}
            {#- Spark reads an empty field as NULL #}
            {%- set value = "coalesce(" ~ raw_field(name) ~ ", '')" if '' in codes else raw_field(name) %}
            when {{ value }} in ({{ literal_list(codes, as_type='text') }}) then {{ text_literal(word) }}
            {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}
