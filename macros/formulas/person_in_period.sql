{#
    A person in a period, as a pseudonym. With var period month or week a person has another pseudonym in
    each period. So everything after it is computed per period, including the home antenna.

    {{ person_in_period('user_id', period_of('day')) }}
#}
{% macro person_in_period(pseudonym, period) -%}
    {%- if var('period') == 'all' -%}
        {{ pseudonym }}
    {%- else -%}
        {# the condition because xxhash64 of NULL is a number #}
        case when {{ pseudonym }} is not null then xxhash64({{ pseudonym }}, {{ period }}) end
    {%- endif -%}
{%- endmacro %}
