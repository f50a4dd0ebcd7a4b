{# one row per antenna with an event of a resident #}

select
    antenna_id,
    {{ ratio('og_calls', 'ic_calls') }} as calls_ratio,
    {{ ratio('og_sms', 'ic_sms') }} as sms_ratio,
    {{ ratio('og_vol', 'ic_vol') }} as vol_ratio,
    {{ ratio('og_sms + ic_sms', 'og_calls + ic_calls') }} as sms2calls_ratio,
    {%- for measure in measures() %}
    {{ scale(measure) }} as scaled_{{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('antenna_metrics_window') }}
where window = 'alltime'
