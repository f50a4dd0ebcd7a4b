{# one row per user and window of time with an event #}

-- Windows overlap: an event counts in all that it lies in. They are what features are made of.
with weekly as (

    select
        *,
        explode(
            case
                when week_part = 'workday' then array('alltime', 'week')
                else array('alltime', 'week', 'nonworkday')
            end
        ) as window
    from {{ ref('user_metrics_week') }}

),

hourly as (

    select
        *,
        explode(
            array_compact(array(
                case
                    when {{ in_hours('hour', var('work_begin'), var('work_end')) }} then 'work'
                end,
                case
                    when {{ in_hours('hour', var('ep_begin'), var('ep_end')) }} then 'early_peak'
                end,
                case
                    when {{ in_hours('hour', var('lp_begin'), var('lp_end')) }} then 'late_peak'
                end
            ))
        ) as window
    from {{ ref('user_metrics_hourly') }}

),

windows as (

    select
        user_id,
        window,
        case when window = 'week' then week end as week,
        {{ measures() | join(', ') }}
    from weekly

    union all

    select
        user_id,
        window,
        cast(null as date) as week,
        {{ measures() | join(', ') }}
    from hourly

)

select
    user_id,
    window,
    week,
    {%- for measure in measures() %}
    sum({{ measure }}) as {{ measure }},
    {%- endfor %}
    -- both directions together, NULL when the user has neither
    sum(case when coalesce(og_calls, ic_calls) is not null
        then coalesce(og_calls, 0) + coalesce(ic_calls, 0) end) as calls,
    sum(case when coalesce(og_sms, ic_sms) is not null
        then coalesce(og_sms, 0) + coalesce(ic_sms, 0) end) as sms
from windows
group by user_id, window, week
