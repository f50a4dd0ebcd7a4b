{#
    Converts a duration from text to seconds (double, not yet rounded). Its unit is var call_unit, or else
    that of the kind of files. NULL when the text is no such duration.

    {{ call_seconds('call_duration', kind) }}
#}
{% macro call_seconds(text, kind) -%}
    {%- set unit = var('call_unit') or kind.call_unit -%}
    {%- set number = plain_number(text, kind) -%}
    {%- if unit == 'HH:MM:SS' -%}
        {{ _seconds_of_clock(number, '^\\s*[0-9]+:[0-5][0-9]:[0-5][0-9]([.][0-9]*)?\\s*$', [3600, 60, 1]) }}
    {%- elif unit == 'MM:SS' -%}
        {{ _seconds_of_clock(number, '^\\s*[0-9]+:[0-5][0-9]([.][0-9]*)?\\s*$', [60, 1]) }}
    {%- else -%}
        {#- A cast accepts Java's literals with a suffix or in hexadecimal (12d, 1.5f, 0x1p3): no numbers. -#}
        case
            when right(rtrim({{ text }}), 1) not in ('d', 'D', 'f', 'F') and not contains(lower({{ text }}), 'x')
                then try_cast({{ number }} as double) {{ {'m': ' * 60', 'ms': ' / 1000', 's': ''}[unit] }}
        end
    {%- endif -%}
{%- endmacro %}


{# The seconds of a text with parts between colons, each of so many seconds. #}
{% macro _seconds_of_clock(text, form, units) -%}
    case
        when {{ text }} rlike '{{ form }}'
            then {% for unit in units -%}
                {#- split_part would compile its delimiter as a pattern for every row #}
                cast(substring_index(substring_index({{ text }}, ':', {{ loop.index }}), ':', -1) as double) * {{ unit }}
                {{- ' + ' if not loop.last }}
            {%- endfor %}
    end
{%- endmacro %}
