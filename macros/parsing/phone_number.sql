{#
    A phone number in its international form without a prefix, so that all spellings of a number are one
    id. A number without any prefix is international already, unless the country has no national prefix.
    `number` is a column, without punctuation: see raw_id.

    {{ phone_number('caller_id', kind.phone_numbers) }}  ->  +491701, 00491701, 01701: 491701
#}
{% macro phone_number(number, rules) -%}
    case
        {%- for prefix in rules.international_prefixes | sort(reverse=true) %}
        {#- a longer prefix comes before one that it begins with #}
        when startswith({{ number }}, {{ text_literal(prefix) }}) then substring({{ number }}, {{ prefix | length + 1 }})
        {%- endfor %}
        {%- if rules.national_prefix %}
        when startswith({{ number }}, {{ text_literal(rules.national_prefix) }})
            then concat({{ text_literal(rules.country_code) }}, substring({{ number }}, {{ rules.national_prefix | length + 1 }}))
        {%- else %}
        when {{ number }} != '' and not startswith({{ number }}, {{ text_literal(rules.country_code) }})
            then concat({{ text_literal(rules.country_code) }}, {{ number }})
        {%- endif %}
        else {{ number }}
    end
{%- endmacro %}
