{# one row per user, day and hour with an event #}

select
    user_id,
    day,
    hour,
    {%- for direction, prefix in [('out', 'og'), ('in', 'ic')] %}
    sum(case when direction = '{{ direction }}' and interaction = 'call' then 1 end)
        as {{ prefix }}_calls,
    sum(case when direction = '{{ direction }}' and interaction = 'text' then 1 end)
        as {{ prefix }}_sms,
    sum(case when direction = '{{ direction }}' and interaction = 'call' then call_duration end)
        as {{ prefix }}_vol
    {{- ',' if not loop.last -}}
    {% endfor %}
from {{ ref('events') }}
group by user_id, day, hour
