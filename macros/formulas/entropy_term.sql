{#
    One outcome's contribution to Shannon's entropy in bits, -p log2 p with p = count / total. The sum of
    the terms is the entropy. NULL when the count is NULL or the total is 0.

    sum({{ entropy_term('call_count', 'all_calls') }})
#}
{% macro entropy_term(count, total) -%}
    -{{ ratio(count, total) }} * log2({{ ratio(count, total) }})
{%- endmacro %}
