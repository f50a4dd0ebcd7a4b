{#
    A person in a period, as a pseudonym: with var period month or week, everybody is another person
    in each of them, so that all that follows is computed per period, the home antenna included.

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
