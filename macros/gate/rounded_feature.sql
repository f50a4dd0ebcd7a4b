{#
    A released value of final_features without the digits that nobody needs, by the name of its feature (see
    `rounded`). Numbers of people and what is about places stay exact. Features about pairs of antennas have
    one digit less than var release_digits.

    Means of whole numbers are never finer than 1 / (privacy_k + 1): otherwise the fraction would tell by
    how many users the sum was divided.

    {{ rounded_feature('feature', 'value') }}
#}
{% macro rounded_feature(feature, value) -%}
    {%- set digits = var('release_digits') -%}
    {%- set exact = features() | selectattr('is_exact') | map(attribute='name') | list -%}
    {%- set about_pairs = features() | selectattr('is_about_pairs') | map(attribute='name') | list -%}
    {#- the whole part of the decimal logarithm -#}
    {%- set decimals = (var('privacy_k') + 1) | string | length - 1 -%}
    {%- if var('privacy_k') == 0 -%}
        {{ value }}
    {%- else -%}
        case
            when {{ feature }} in ({{ literal_list(exact, as_type='text') }}) then {{ value }}
            when {{ feature }} in ({{ literal_list(about_pairs, as_type='text') }})
                then {{ rounded(value, [digits - 1, 1] | max) }}
            {%- if var('bandicoot') %}
            when {{ feature }} in ({{ literal_list(plugin().whole_indicators(), as_type='text') }})
                then {{ rounded(value, digits, decimals) }}
            {%- endif %}
            else {{ rounded(value, digits) }}
        end
    {%- endif -%}
{%- endmacro %}
