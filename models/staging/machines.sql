{# one row per user who has too many interactions to be a person #}

with weekly_interactions as (

    select
        user_id,
        week,
        {%- for measure in ['og_calls', 'og_sms', 'ic_calls', 'ic_sms'] %}
        {{ '+ ' if not loop.first }}coalesce(sum({{ measure }}), 0)
        {%- endfor %} as interactions
    from {{ ref('weekly_metrics') }}
    group by user_id, week

)

select
    user_id,
    avg(interactions) as interactions_per_active_week,
    count(*) as active_weeks
from weekly_interactions
group by user_id
having avg(interactions) > {{ var('max_weekly_interactions') }}
