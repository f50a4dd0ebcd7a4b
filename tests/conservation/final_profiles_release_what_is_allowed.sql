{#
    Compares the released profiles with the thresholds, without using the decisions. A value may be
    there only if its antenna has more than privacy_k residents, more than privacy_k of them have
    the measure in this hour or week, and none of them accounts for more than privacy_max_share of
    it. It must be the true value. A value that passes the gate but is missing must be listed with
    the rule `rest`.

    A failure means
    (a) values are at the wrong measures, antennas, hours or weeks; or
    (b) the macro privacy_decision does not do what its thresholds say: DO NOT RELEASE; or
    (c) values that could be released are withheld without a reason.
#}
{%- set profiles = {
    'hour': [ref('final_hourly_profile'), ref('user_metrics_hourly')],
    'week': [ref('final_weekly_profile'), ref('user_metrics_week')],
} %}

with residents as (

    select
        antenna_id,
        count(*) as residents
    from {{ ref('residents') }}
    group by antenna_id

),

{% for time, tables in profiles.items() -%}
{{ time }}_users as (

    select
        homes.antenna_id,
        metrics.user_id,
        metrics.{{ time }},
        {%- for measure in measures() %}
        sum(metrics.{{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ tables[1] }} as metrics
    inner join {{ ref('residents') }} as homes
        on metrics.user_id = homes.user_id
    group by homes.antenna_id, metrics.user_id, metrics.{{ time }}

),

{{ time }}_sums as (

    select
        antenna_id,
        {{ time }},
        {{- contributions(measures()) }}
    from {{ time }}_users
    group by antenna_id, {{ time }}

),

{{ time }}_values as (

    select
        residents.residents,
        stack(
            {{ measures() | length }},
            {%- for measure in measures() %}
            '{{ measure }}', released.{{ measure }}, sums.{{ measure }}, sums.{{ measure }}_users,
            sums.{{ measure }}_largest, contains(released.withheld_values, '{{ measure }}=rest')
            {{- ',' if not loop.last }}
            {%- endfor %}
        ) as (measure, released, value, users, largest, is_rest)
    from {{ tables[0] }} as released
    left join {{ time }}_sums as sums
        on
            {{ released_key('released') }} = sums.antenna_id
            and released.{{ time }} = sums.{{ time }}
    left join residents
        on sums.antenna_id = residents.antenna_id

),

{% endfor -%}
all_values as (

    {%- for time in profiles %}
    select
        '{{ time }}' as profile,
        *
    from {{ time }}_values
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

compared as (

    select
        *,
        value is not null
        and (
            {{ var('privacy_k') }} = 0
            or (
                residents > {{ var('privacy_k') }}
                and users > {{ var('privacy_k') }}
                and coalesce(
                    {{ ratio('largest', 'value') }} <= {{ var('privacy_max_share') }}, true
                )
            )
        ) as is_allowed
    from all_values

),

violations as (

    select
        *,
        case
            when released is not null and not is_allowed then 'released but not allowed'
            when released is not null and not released <=> value then 'another value'
            when released is not null and is_rest then 'released and withheld'
            when released is null and is_allowed and not is_rest then 'allowed but not released'
            when is_rest and not is_allowed then 'withheld by the wrong rule'
        end as violation
    from compared

)

select
    profile,
    measure,
    violation,
    count(*) as values_in_all
from violations
where violation is not null
group by profile, measure, violation
