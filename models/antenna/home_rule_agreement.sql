{# one row per pair of rules for home antennas #}

{{ config(enabled=var('compare_home_rules')) }}

{%- set rules = ['night_events', 'distinct_days', 'events'] %}

with homes as (

    {%- for rule in rules %}
    select
        '{{ rule }}' as home_rule,
        user_id,
        antenna_id
    from (
        {{ home_antennas(rule, visits(rule, ref('events'))) | indent }}
    )
    {{- '\n\n    union all\n' if not loop.last }}
    {%- endfor %}

)

select
    homes1.home_rule as rule1,
    homes2.home_rule as rule2,
    count(*) as users,
    count_if(homes1.antenna_id = homes2.antenna_id) as agreeing_users,
    {{ ratio('count_if(homes1.antenna_id = homes2.antenna_id)', 'count(*)') }} as agreement
from homes as homes1
inner join homes as homes2
    on
        homes1.user_id = homes2.user_id
        and homes1.home_rule < homes2.home_rule
group by homes1.home_rule, homes2.home_rule
