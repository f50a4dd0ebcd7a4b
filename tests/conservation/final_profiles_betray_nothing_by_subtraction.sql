{#
    What remains of a sum when all released values of a profile are subtracted: for each antenna and
    measure the withheld values together rest on more than privacy_k people, none of whom makes up
    more than privacy_max_share, or nothing was released of the measure at all. The same holds for
    the hours inside and outside of working hours where final_features tells the share of these.

    A failure means
    (a) fewer values are withheld for the sake of others than must be: DO NOT RELEASE; or
    (b) the sums that are known are others than the macro secondary_suppression takes them for.
#}
{%- set profiles = {
    'hour': [ref('final_hourly_profile'), ref('user_metrics_hourly')],
    'week': [ref('final_weekly_profile'), ref('user_metrics_week')],
} %}

with {% for time, tables in profiles.items() -%}
{{ time }}_cells as (

    {%- for measure in measures() %}
    select
        homes.antenna_id,
        metrics.user_id,
        '{{ measure }}' as measure,
        metrics.{{ measure }} as value,
        released.{{ measure }} is null as is_withheld,
        {%- if time == 'hour' %}
        explode(case
            when features.{{ measure }}_work_ratio is null then array('all hours')
            when {{ in_hours('released.hour', var('work_begin'), var('work_end')) }}
                then array('all hours', 'working hours')
            else array('all hours', 'other hours')
        end) as part
        {%- else %}
        'all weeks' as part
        {%- endif %}
    from {{ tables[1] }} as metrics
    inner join {{ ref('user_home_antenna') }} as homes
        on metrics.user_id = homes.user_id
    inner join {{ tables[0] }} as released
        on
            homes.antenna_id = {{ released_key('released') }}
            and metrics.{{ time }} = released.{{ time }}
    {%- if time == 'hour' %}
    inner join {{ ref('final_features') }} as features
        on {{ released_key('released') }} = {{ released_key('features') }}
    {%- endif %}
    where metrics.{{ measure }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

{% endfor -%}
cells as (

    select * from hour_cells
    union all
    select * from week_cells

),

users as (

    select
        antenna_id,
        part,
        measure,
        user_id,
        sum(value) filter (where is_withheld) as rest,
        bool_or(not is_withheld) as is_released
    from cells
    group by antenna_id, part, measure, user_id

),

rests as (

    select
        antenna_id,
        part,
        measure,
        -- of the measure, in whichever part
        max(bool_or(is_released)) over (
            partition by antenna_id, part = 'all weeks', measure
        ) as something_is_released,
        sum(rest) as rest,
        count(rest) as rest_users,
        max(rest) as rest_largest
    from users
    group by antenna_id, part, measure

)

select
    part,
    measure,
    count(*) as antennas
from rests
where
    something_is_released
    and rest is not null
    and {{ var('privacy_k') }} > 0
    and (
        rest_users <= {{ var('privacy_k') }}
        or {{ ratio('rest_largest', 'rest') }} > {{ var('privacy_max_share') }}
    )
group by part, measure
