{#
    The value of a var as JSON can hold it: the layout as its content, dates as texts.

    {{ plain_var('holidays') }}  ->  ['2024-05-01', '2024-05-09']
#}
{% macro plain_var(name) -%}
    {%- set value = raw_layout() if name == 'layout' else var(name) -%}
    {%- if value is none -%}
        {{ return(none) }}
    {%- elif name == 'holidays' -%}
        {{ return(value | map('string') | list) }}
    {%- elif name in ['period_begin', 'period_end'] -%}
        {{ return(value | string) }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}
