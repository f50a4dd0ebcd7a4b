{#
    numerator / denominator as double; NULL when one of them is NULL or the denominator is 0.

    {{ ratio('og_calls', 'ic_calls') }}  ->  try_divide(og_calls, ic_calls)
#}
{% macro ratio(numerator, denominator) -%}
    try_divide({{ numerator }}, {{ denominator }})
{%- endmacro %}
