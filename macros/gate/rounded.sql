{#
    A released number without the digits that nobody needs: rounded half up to so many significant digits,
    and, with `decimals`, to no more than these decimals. Exact values would tell the counts that they were
    computed from. NULL stays NULL. With privacy_k 0 nothing is rounded.

    {{ rounded('value', digits=3) }}               0.0123456 -> 0.0123
    {{ rounded('value', digits=3, decimals=1) }}   1.2345 -> 1.2
#}
{% macro rounded(value, digits, decimals=none) -%}
    {%- set significant = "try_cast(format_string('%." ~ (digits - 1) ~ "e', cast(" ~ value
        ~ ' as double)) as double)' -%}
    {%- if var('privacy_k') == 0 -%}
        {{ value }}
    {%- elif decimals is none -%}
        {{ significant }}
    {%- else -%}
        case
            when abs({{ value }}) < 1e{{ digits - 1 - decimals }} then round({{ value }}, {{ decimals }})
            else {{ significant }}
        end
    {%- endif -%}
{%- endmacro %}
