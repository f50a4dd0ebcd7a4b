{# one row per antenna with an event of a resident #}

with windows as (

    select
        antenna_metrics_window.*,
        antenna_residents.period,
        antenna_residents.residents
    from {{ ref('antenna_metrics_window') }} as antenna_metrics_window
    inner join {{ ref('antenna_residents') }} as antenna_residents
        on antenna_metrics_window.antenna_id = antenna_residents.antenna_id
    where antenna_metrics_window.window = 'alltime'

),

-- Only totals that may themselves be released define minimum and maximum, because every scaled
-- value discloses both.
judged as (

    select
        *,
        {%- for measure in measures() %}
        {{ privacy_decision(
            measure,
            users=measure ~ '_users',
            largest_share=ratio(measure ~ '_largest', measure),
            residents='residents',
        ) }} as {{ measure }}_decision{{ ',' if not loop.last }}
        {%- endfor %}
    from windows

)

select
    antenna_id,
    {{ ratio('og_calls', 'ic_calls') }} as calls_ratio,
    {{ ratio('og_sms', 'ic_sms') }} as sms_ratio,
    {{ ratio('og_vol', 'ic_vol') }} as vol_ratio,
    {{ ratio('og_sms + ic_sms', 'og_calls + ic_calls') }} as sms2calls_ratio,
    {%- for measure in measures() %}
    {{ scale(measure, among=measure ~ "_decision = 'released'") }} as scaled_{{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
from judged
