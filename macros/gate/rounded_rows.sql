{#
    A number of accepted rows as it is released: with two digits less than var release_digits, and in tens,
    hundreds or more, whichever is above var privacy_k. Less the events of all antennas, an exact number
    would tell the events of the few people who live elsewhere. One digit leaves them open within more than 5
    %, however many rows they have.

    {{ rounded_rows('accepted_rows') }}   with privacy_k 15: 123456 -> 100000, 678 -> 700
#}
{% macro rounded_rows(rows) -%}
    cast(
        {{ rounded(
            rows, [var('release_digits') - 2, 1] | max, decimals=-(var('privacy_k') | string | length)
        ) }} as bigint
    )
{%- endmacro %}
