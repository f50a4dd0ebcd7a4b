{#
    A duration as text, in the unit of var call_unit or else of the layout, as seconds (double, not
    yet rounded). NULL when it is not a number; the literals of Java with a suffix or in hexadecimal
    (12d, 1.5f, 0x1p3), which a cast would take, are none.

    {{ call_seconds('call_duration') }}
#}
{% macro call_seconds(text) -%}
    {%- set unit = var('call_unit') or raw_layout().call_unit -%}
    case
        when right(rtrim({{ text }}), 1) not in ('d', 'D', 'f', 'F') and not contains(lower({{ text }}), 'x')
            then try_cast({{ text }} as double) {{ {'m': ' * 60', 'ms': ' / 1000', 's': ''}[unit] }}
    end
{%- endmacro %}
