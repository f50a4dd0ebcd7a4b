{#
    Shannon's entropy of a group's own distribution over its rows, in bits. For a query with one row per
    group and partner. - sum p log2 p with p = count / sum of counts is written as
    log2 N - sum (count log2 count) / N. 0 with one partner, NULL without any.

    {{ own_entropy('call_count') }}
#}
{% macro own_entropy(count) -%}
    case count({{ count }})
        when 0 then null
        when 1 then 0D
        else log2(sum({{ count }}))
            - {{ ratio(exact_sum(count ~ ' * log2(' ~ count ~ ')'), 'sum(' ~ count ~ ')') }}
    end
{%- endmacro %}
