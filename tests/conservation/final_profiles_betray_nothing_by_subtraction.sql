{#
    If all released values of a profile are subtracted from the sum, the withheld values remain. For
    each antenna and measure they must together rest on more than privacy_k people, and none of
    these may account for more than privacy_max_share. Otherwise no value of the measure may be
    released. The same holds for the hours inside and outside of working hours where final_features
    has their share.

    A failure means
    (a) secondary suppression withholds too few values: DO NOT RELEASE; or
    (b) readers know other sums than the macro secondary_suppression assumes.
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
    inner join {{ ref('residents') }} as homes
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
        -- of the measure, in any part
        max(bool_or(is_released)) over (
            partition by antenna_id, part = 'all weeks', measure
        ) as something_is_released,
        sum(rest) as rest,
        count(nullif(rest, 0)) as rest_users,
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
        rest_users between 1 and {{ var('privacy_k') }}
        or {{ ratio('rest_largest', 'rest') }} > {{ var('privacy_max_share') }}
    )
group by part, measure
