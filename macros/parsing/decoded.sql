{#
    The word for a raw code, by the layout. NULL for an unknown code. If the kind of files has no such
    column, it is its fixed value, or NULL.

    {{ decoded('direction', kind) }}  ->  case when cdr.`direction` in ('1') then 'in' when ... end
#}
{% macro decoded(name, kind) -%}
    {%- if kind.fields[name] is none -%}
        {{ text_literal(kind.fixed[name]) if name in kind.fixed else 'cast(null as string)' }}
    {%- else -%}
        case
            {%- for word, codes in kind.codes[name].items() if codes %}
            {#- Spark reads an empty field as NULL #}
            {%- set value = "coalesce(" ~ raw_field(name, kind) ~ ", '')" if '' in codes else raw_field(name, kind) %}
            when {{ value }} in ({{ literal_list(codes, as_type='text') }}) then {{ text_literal(word) }}
            {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}
