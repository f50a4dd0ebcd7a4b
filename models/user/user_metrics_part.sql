{# one row per user, week, week part and part of the day with an event #}

{# the events, added up as far as no window of time needs them apart: read once for all windows #}

with holidays as (

    {{ holiday_dates() }}

),

dated as (

    select
        events.user_id,
        events.direction,
        events.interaction,
        events.call_duration,
        {{ week_start('events.day') }} as week,
        {{ week_part('events.day', is_holiday='holidays.day is not null') }} as week_part,
        {{ in_hours('events.hour', var('work_begin'), var('work_end')) }} as is_work,
        {{ in_hours('events.hour', var('ep_begin'), var('ep_end')) }} as is_early_peak,
        {{ in_hours('events.hour', var('lp_begin'), var('lp_end')) }} as is_late_peak
    from {{ ref('events') }} as events
    left join holidays
        on events.day = holidays.day

)

select
    user_id,
    week,
    week_part,
    is_work,
    is_early_peak,
    is_late_peak,
    {{- event_measures() }}
from dated
group by user_id, week, week_part, is_work, is_early_peak, is_late_peak
