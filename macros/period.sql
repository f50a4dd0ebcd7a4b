{#
    The part of the time that a day lies in, by var period: 'all', its month as yyyy-MM, or the
    first day of its week as yyyy-MM-dd.

    {{ period_of('day') }}
#}
{% macro period_of(day) -%}
    {%- if var('period') == 'month' -%}
        date_format({{ day }}, 'yyyy-MM')
    {%- elif var('period') == 'week' -%}
        cast({{ week_start(day) }} as string)
    {%- else -%}
        'all'
    {%- endif -%}
{%- endmacro %}


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


{#
    An antenna in a period, as text: 'yyyy-MM <antenna_id>' for months. The tables before level 4 call
    this antenna_id; level 4 takes it apart, see released_period and released_antenna.

    {{ antenna_in_period('antenna_id', period_of('day')) }}
#}
{% macro antenna_in_period(antenna_id, period) -%}
    {{ antenna_id if var('period') == 'all' else "concat(" ~ period ~ ", ' ', " ~ antenna_id ~ ")" }}
{%- endmacro %}


{#
    The column `period,` of a released table, from an antenna in a period; nothing with var period
    all, where released tables have no such column.

    select {{ released_period('antenna_id') }} {{ released_antenna('antenna_id') }} as antenna_id
#}
{% macro released_period(antenna_in_period) -%}
    {%- if var('period') != 'all' -%}
        substring_index({{ antenna_in_period }}, ' ', 1) as period,
    {%- endif -%}
{%- endmacro %}


{# The antenna's id as it was delivered, from an antenna in a period. #}
{% macro released_antenna(antenna_in_period) -%}
    {%- if var('period') == 'all' -%}
        {{ antenna_in_period }}
    {%- else -%}
        substring({{ antenna_in_period }}, {{ {'month': 9, 'week': 12}[var('period')] }})
    {%- endif -%}
{%- endmacro %}


{#
    The period that a row of level 4 is about, in the run that makes it. Readers of a release do not
    know its vars; see period_in.
#}
{% macro period_of_row(table=none) -%}
    {{ period_of(none) if var('period') == 'all' else (table ~ '.' if table else '') ~ 'period' }}
{%- endmacro %}


{#
    The antenna in a period that a row of a released table is about: the other way round.

    {{ released_key('released') }} = decisions.antenna_id
#}
{% macro released_key(table=none, antenna_id='antenna_id') -%}
    {{ antenna_in_period((table ~ '.' if table else '') ~ antenna_id, period_of_row(table)) }}
{%- endmacro %}
