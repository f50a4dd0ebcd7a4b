{#
    Shannon's entropy of a group's own distribution over its rows, over the largest possible one,
    log2 n; for a query with one row per group and partner. - sum p log2 p with p = count / sum of
    counts is written as log2 N - sum (count log2 count) / N. From 0 (all with one partner, as good
    as) to 1 (with all alike); NULL with fewer than two partners that have the count.

    {{ own_entropy('call_count') }}
#}
{% macro own_entropy(count) -%}
    case when count({{ count }}) > 1 then
        least(1, {{ ratio(
            'log2(sum(' ~ count ~ ')) - '
            ~ ratio(exact_sum(count ~ ' * log2(' ~ count ~ ')'), 'sum(' ~ count ~ ')'),
            'log2(count(' ~ count ~ '))',
        ) }})
    end
{%- endmacro %}
