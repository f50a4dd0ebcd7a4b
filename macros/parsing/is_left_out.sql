{#
    Whether a raw row is left out on purpose, by the key leave_out of its kind of files.

    {{ is_left_out(kind) }}  ->  coalesce(cdr.`record_type` in ('GPRS', 'USSD'), false)
#}
{% macro is_left_out(kind) -%}
    {%- set conditions = [] -%}
    {%- for column, values in kind.leave_out.items() -%}
        {%- set value = 'cdr.' ~ quoted_name(column) -%}
        {%- set value = 'cast(' ~ value ~ ' as string)' if kind.format == 'parquet' else value -%}
        {#- Spark reads an empty field as NULL -#}
        {%- set value = 'coalesce(' ~ value ~ ", '')" if '' in values else value -%}
        {%- do conditions.append('coalesce(' ~ value ~ ' in (' ~ literal_list(values, as_type='text') ~ '), false)') -%}
    {%- endfor -%}
    {{ conditions | join(' or ') if conditions else 'false' }}
{%- endmacro %}
