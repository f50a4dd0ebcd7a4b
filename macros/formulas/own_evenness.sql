{#
    How evenly a group's counts are spread over its rows: Shannon's entropy of the group's own
    distribution, divided by its maximum log2 n. For a query with one row per group and partner. From 0
    (nearly all with one partner) to 1 (equal counts with all partners). NULL with fewer than two partners
    that have the count.

    {{ own_evenness('call_count') }}
#}
{% macro own_evenness(count) -%}
    case when count({{ count }}) > 1 then
        least(1, {{ ratio(own_entropy(count), 'log2(count(' ~ count ~ '))') }})
    end
{%- endmacro %}
