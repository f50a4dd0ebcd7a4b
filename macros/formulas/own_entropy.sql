{#
    Shannon's entropy of a group's own distribution over its rows, divided by its maximum log2 n. For a
    query with one row per group and partner. - sum p log2 p with p = count / sum of counts is written as
    log2 N - sum (count log2 count) / N. From 0 (nearly all with one partner) to 1 (equal counts with all
    partners). NULL with fewer than two partners that have the count.

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
