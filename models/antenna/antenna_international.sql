{# one row per antenna with residents and kind of events that bandicoot leaves out #}

{{ config(enabled=var('bandicoot')) }}

{#- the measures that bandicoot counts too, and its names for them #}
{%- set counts = {
    'og_calls': 'number_of_interaction_out__{}__{}__call',
    'og_sms': 'number_of_interaction_out__{}__{}__text',
    'ic_calls': 'number_of_interaction_in__{}__{}__call',
    'ic_sms': 'number_of_interaction_in__{}__{}__text',
} %}
{#- events here, and those of them that bandicoot counts #}
{%- set differences = {
    'international': ['alltime', ['allweek', 'allday']],
    'international_night': ['night', ['allweek', 'night']],
    'international_day': ['day', ['allweek', 'day']],
    'holidays': ['nonworkday', ['weekend', 'allday']],
} %}

-- All events less bandicoot's are international ones, those with an empty duration, and all events
-- of users whose indicators could not be computed.
with hours as (

    select
        user_id,
        {%- for measure in counts %}
        coalesce(sum({{ measure }}), 0) as alltime_{{ measure }},
        coalesce(sum(case when {{ is_night('hour') }} then {{ measure }} end), 0)
            as night_{{ measure }},
        coalesce(sum(case when not {{ is_night('hour') }} then {{ measure }} end), 0)
            as day_{{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('user_metrics_hourly') }}
    group by user_id

),

nonworkdays as (

    select
        user_id,
        {%- for measure in counts %}
        sum({{ measure }}) as nonworkday_{{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('user_metrics_week') }}
    where week_part != 'workday'
    group by user_id

),

indicators as (

    select
        user_id,
        indicators
    from {{ ref('user_bandicoot') }}
    where error is null

),

user_differences as (

    select
        residents.antenna_id,
        stack(
            {{ differences | length * counts | length }},
            {%- for name, sides in differences.items() %}
            {%- set last_difference = loop.last %}
            {%- for measure, indicator in counts.items() %}
            {%- set position = bandicoot_columns().index(indicator.format(*sides[1])) - 1 %}
            '{{ name }}.{{ measure }}',
            abs(
                coalesce({{ sides[0] }}_{{ measure }}, 0)
                - coalesce(indicators.indicators[{{ position }}], 0)
            ){{ ',' if not (last_difference and loop.last) }}
            {%- endfor %}
            {%- endfor %}
        ) as (part, events)
    from {{ ref('residents') }} as residents
    left join hours
        on residents.user_id = hours.user_id
    left join nonworkdays
        on residents.user_id = nonworkdays.user_id
    left join indicators
        on residents.user_id = indicators.user_id

)

select
    antenna_id,
    part,
    {{- contributions(['events']) }}
from user_differences
group by antenna_id, part
