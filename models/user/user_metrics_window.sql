{# one row per user and window of time with an event #}

{# a view, because only one model reads it #}
{{ config(materialized='view') }}

{%- set windows = windows_of_time() %}

-- Windows overlap: an event counts in each window that contains it. Features are computed from
-- them.
with users as (

    select
        user_id,
        {%- for window, value in windows.items() %}
        {%- for measure in measures() %}
        sum({{ value.format(measure) }}) as {{ window }}_{{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('user_metrics_week') }}
    group by user_id

),

summed as (

    select
        user_id,
        stack(
            {{ windows | length }},
            {%- for window in windows %}
            '{{ window }}', cast(null as date),
            {%- for measure in measures() %}
            {{ window }}_{{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
            {{- ',' if not loop.last }}
            {%- endfor %}
        ) as (window, week, {{ measures() | join(', ') }})
    from users

    union all

    select
        user_id,
        'week' as window,
        week,
        {%- for measure in measures() %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('user_metrics_week') }}
    group by user_id, week

)

select
    *,
    -- both directions together, NULL when the user has neither
    case when coalesce(og_calls, ic_calls) is not null
        then coalesce(og_calls, 0) + coalesce(ic_calls, 0) end as calls,
    case when coalesce(og_sms, ic_sms) is not null
        then coalesce(og_sms, 0) + coalesce(ic_sms, 0) end as sms
from summed
where coalesce(og_calls, og_sms, ic_calls, ic_sms) is not null
