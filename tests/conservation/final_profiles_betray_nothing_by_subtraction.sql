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
{%- set is_working = in_hours('released.hour', var('work_begin'), var('work_end')) %}
{%- set is_divided = 'features.{}_work_ratio is not null' %}
{#- sums that a reader may know, and of what: the whole, or a part under a condition -#}
{%- set parts = {
    'hour': {
        'all_hours': 'true',
        'working_hours': is_divided ~ ' and ' ~ is_working,
        'other_hours': is_divided ~ ' and not ' ~ is_working,
    },
    'week': {'all_weeks': 'true'},
} %}

with {% for time, tables in profiles.items() -%}
{{ time }}_users as (

    select
        homes.antenna_id,
        metrics.user_id,
        {%- for measure in measures() %}
        {%- for part, condition in parts[time].items() %}
        sum(metrics.{{ measure }}) filter (
            where released.{{ measure }} is null and {{ condition.format(measure) }}
        ) as {{ measure }}_{{ part }},
        {%- endfor %}
        bool_or(metrics.{{ measure }} is not null and released.{{ measure }} is not null)
            as {{ measure }}_is_released{{ ',' if not loop.last }}
        {%- endfor %}
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
    group by homes.antenna_id, metrics.user_id

),

{{ time }}_antennas as (

    select
        {%- for measure in measures() %}
        {%- for part in parts[time] %}
        {{- contributions([measure ~ '_' ~ part]) }},
        {%- endfor %}
        bool_or({{ measure }}_is_released) as {{ measure }}_is_released{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ time }}_users
    group by antenna_id

),

{{ time }}_rests as (

    select
        stack(
            {{ measures() | length * parts[time] | length }},
            {%- for measure in measures() %}
            {%- set is_last_measure = loop.last %}
            {%- for part in parts[time] %}
            {%- set rest = measure ~ '_' ~ part %}
            '{{ part | replace('_', ' ') }}', '{{ measure }}', {{ measure }}_is_released,
            {{ rest }}, {{ rest }}_users, {{ rest }}_largest
            {{- ',' if not (loop.last and is_last_measure) }}
            {%- endfor %}
            {%- endfor %}
        ) as (part, measure, something_is_released, rest, rest_users, rest_largest)
    from {{ time }}_antennas

),

{% endfor -%}
rests as (

    select * from hour_rests
    union all
    select * from week_rests

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
