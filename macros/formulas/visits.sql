{#
    Query of the visits that a rule counts: the number of `events` per user, antenna, day and the columns
    of `by`. With the rule night_events the day is the one on which the night began.

    {{ visits('night_events', ref('events')) }}
#}
{% macro visits(rule, events, by=[]) -%}
    {%- set day = 'day' -%}
    {%- if rule == 'night_events' -%}
        {#- the morning belongs to the night that began the day before -#}
        {%- set day = 'date_sub(day, case when hour < ' ~ var('noct_end') ~ ' then 1 else 0 end)' -%}
    {%- endif -%}
    {%- set keys = ['user_id', 'antenna_id'] + by -%}
    select
        {{ keys | join(',\n        ') }},
        {{ day }} as day,
        count(*) as events
    from {{ events }}
    {%- if rule == 'night_events' %}
    where {{ is_night('hour') }}
    {%- endif %}
    group by {{ keys | join(', ') }}, {{ day }}
{%- endmacro %}
