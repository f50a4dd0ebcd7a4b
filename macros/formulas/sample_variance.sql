{#
    Sample variance of the few values of a group, by Welford's method. The values are sorted first, so the
    result does not depend on the order in which Spark reads them. NULL with fewer than two values.

    {{ sample_variance('calls_ratio') }}
#}
{% macro sample_variance(value) -%}
    aggregate(
        array_sort(collect_list({{ value }})),
        struct(0D as number, 0D as mean, 0D as squares),
        (seen, next) -> struct(
            seen.number + 1 as number,
            seen.mean + (next - seen.mean) / (seen.number + 1) as mean,
            seen.squares + pow(next - seen.mean, 2) * seen.number / (seen.number + 1) as squares
        ),
        seen -> case when seen.number > 1 then seen.squares / (seen.number - 1) end
    )
{%- endmacro %}
