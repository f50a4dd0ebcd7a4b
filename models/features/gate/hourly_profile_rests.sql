{# one row per antenna, hour of the day and measure withheld by secondary suppression #}

{%- set windows = windows_of_the_day() %}

-- Anyone knows the sum of the day. Where final_features has the shares of working hours or peaks,
-- their sums are known too.
with known_sums as (

    select
        decisions.*,
        {%- for window in windows %}
        {%- set feature = 'work_ratio' if window == 'work' else 'peak_ratio' %}
        {%- set hours = windows[window] %}
        coalesce({{ feature }}s.decision = 'released', false)
        and {{ in_hours('decisions.hour', hours[0], hours[1]) }} as is_{{ window }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('hourly_profile_decisions') }} as decisions
    {%- for feature in ['work_ratio', 'peak_ratio'] %}
    left join {{ ref('feature_decisions') }} as {{ feature }}s
        on
            decisions.antenna_id = {{ feature }}s.antenna_id
            and concat(decisions.measure, '_{{ feature }}') = {{ feature }}s.feature
    {%- endfor %}

),

blocks as (

    select
        *,
        concat(is_work, is_early_peak, is_late_peak) as block,
        case
            {%- for window, hours in windows.items() %}
            when is_{{ window }} then {{ hours[1] - hours[0] + 1 }}
            {%- endfor %}
        end as window_hours
    from known_sums

),

cells as (

    select
        *,
        coalesce(
            count(*) over (partition by antenna_id, measure, block) = window_hours, false
        ) as is_gated_sum
    from blocks

),

found as (

    {{ secondary_suppression('cells', time='hour') | indent }}

)

select
    antenna_id,
    hour,
    measure
from found
