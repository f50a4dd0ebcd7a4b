{# one row per user and window of time with an event #}

{# a view, read once #}
{{ config(materialized='view') }}

-- Windows overlap: an event counts in all that it lies in. They are what features are made of.
with windows as (

    select
        *,
        explode(array_compact(array(
            'alltime',
            'week',
            case when week_part != 'workday' then 'nonworkday' end,
            case when is_work then 'work' end,
            case when is_early_peak then 'early_peak' end,
            case when is_late_peak then 'late_peak' end
        ))) as window
    from {{ ref('user_metrics_part') }}

),

summed as (

    select
        user_id,
        window,
        case when window = 'week' then week end as week,
        {%- for measure in measures() %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from windows
    group by user_id, window, case when window = 'week' then week end

)

select
    *,
    -- both directions together, NULL when the user has neither
    case when coalesce(og_calls, ic_calls) is not null
        then coalesce(og_calls, 0) + coalesce(ic_calls, 0) end as calls,
    case when coalesce(og_sms, ic_sms) is not null
        then coalesce(og_sms, 0) + coalesce(ic_sms, 0) end as sms
from summed
