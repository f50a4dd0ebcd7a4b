{#
    Sum of doubles that does not depend on the order in which Spark adds them up. It is as fast as `sum`.
    Each value is cut into three whole numbers: its integer part and twice 38 bits of its fraction. Sums
    of whole numbers are exact. NULL when nothing was summed. For fewer than 2^25 values per group with a
    sum below 2^63; anything smaller than 2^-76 is lost.

    {{ exact_sum('call_count * km') }}
#}
{% macro exact_sum(value) -%}
    {%- set scale = '274877906944D' -%}  {#- 2^38 #}
    {%- set parts = [] -%}
    {%- set rests = ['(' ~ value ~ ')'] -%}
    {%- for _ in range(3) -%}
        {%- do parts.append('cast(' ~ rests[-1] ~ ' as bigint)') -%}
        {%- do rests.append('((' ~ rests[-1] ~ ' - ' ~ parts[-1] ~ ') * ' ~ scale ~ ')') -%}
    {%- endfor -%}
    (
        sum({{ parts[0] }})
        + sum({{ parts[1] }}) / {{ scale }}
        + sum({{ parts[2] }}) / {{ scale }} / {{ scale }}
    )
{%- endmacro %}
