{#
    The period of a row of a released table: 'all' if the table has no periods.

    select {{ period_in(released('final_features')) }} as period from {{ released('final_features') }}
#}
{% macro period_in(relation) -%}
    {{ 'period' if has_periods(relation) else "'all'" }}
{%- endmacro %}
