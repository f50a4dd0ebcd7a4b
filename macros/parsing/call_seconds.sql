{#
    Converts a duration from text to seconds (double, not yet rounded). Its unit is var call_unit, or else
    the layout's. NULL when the text is not a number. A cast would accept Java's literals with a suffix or
    in hexadecimal (12d, 1.5f, 0x1p3); they do not count as numbers here.

    {{ call_seconds('call_duration') }}
#}
{% macro call_seconds(text) -%}
    {%- set unit = var('call_unit') or raw_layout().call_unit -%}
    case
        when right(rtrim({{ text }}), 1) not in ('d', 'D', 'f', 'F') and not contains(lower({{ text }}), 'x')
            then try_cast({{ text }} as double) {{ {'m': ' * 60', 'ms': ' / 1000', 's': ''}[unit] }}
    end
{%- endmacro %}
