{#
    The ids of var capital, as a list; empty without this var.

    {{ capital() }}  ->  ['0042']
#}
{% macro capital() -%}
    {%- set ids = var('capital') -%}
    {{ return([ids] if ids is string else ids or []) }}
{%- endmacro %}
