{#
    Condition: an antenna, or with var zones a zone, belongs to the capital (var capital). Without this
    var it is never true.

    {{ is_in_capital('antenna_id2') }}  ->  antenna_id2 in ('0042')
#}
{% macro is_in_capital(antenna_id) -%}
    {{ released_antenna(antenna_id) }} in ({{ literal_list(capital(), as_type='text') }})
{%- endmacro %}
