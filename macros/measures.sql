{#
    The six measures that the pipeline carries from level to level: counts of calls and texts and
    call seconds, each outgoing (og) and incoming (ic).
#}
{% macro measures() -%}
    {{ return(['og_calls', 'og_sms', 'og_vol', 'ic_calls', 'ic_sms', 'ic_vol']) }}
{%- endmacro %}


{#
    The six measures of a group of events, for a query of events with a group by: counts of calls
    and texts and the seconds of calls, outgoing (og) and incoming (ic). NULL, not 0, where the
    group has no such event.

    select user_id, {{ event_measures() }} from ... group by user_id
#}
{% macro event_measures() -%}
    {%- for direction, prefix in [('out', 'og'), ('in', 'ic')] %}
    sum(case when direction = '{{ direction }}' and interaction = 'call' then 1 end)
        as {{ prefix }}_calls,
    sum(case when direction = '{{ direction }}' and interaction = 'text' then 1 end)
        as {{ prefix }}_sms,
    sum(case when direction = '{{ direction }}' and interaction = 'call' then call_duration end)
        as {{ prefix }}_vol
    {{- ',' if not loop.last -}}
    {% endfor %}
{%- endmacro %}
