{#
    The six measures of a group of events, for a query of events with a group by: counts of calls and
    texts and the seconds of calls, outgoing (og) and incoming (ic). NULL, not 0, where the group has no
    such event. With a condition, only events that meet it are counted.

    select user_id, {{ event_measures() }} from ... group by user_id
    select user_id, {{ event_measures(prefix='work_', condition='hour between 9 and 17') }} ...
#}
{% macro event_measures(prefix='', condition=none) -%}
    {%- set also = ' and ' ~ condition if condition else '' -%}
    {%- for direction, way in [('out', 'og'), ('in', 'ic')] %}
    {%- set is_call = "direction = '" ~ direction ~ "' and interaction = 'call'" ~ also %}
    {%- set is_text = "direction = '" ~ direction ~ "' and interaction = 'text'" ~ also %}
    sum(case when {{ is_call }} then 1 end) as {{ prefix }}{{ way }}_calls,
    sum(case when {{ is_text }} then 1 end) as {{ prefix }}{{ way }}_sms,
    sum(case when {{ is_call }} then call_duration end) as {{ prefix }}{{ way }}_vol
    {{- ',' if not loop.last -}}
    {% endfor %}
{%- endmacro %}
