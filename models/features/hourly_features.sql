{# one row per antenna with an event of a resident #}

with work_ratios as (

    {{ window_ratios('work', 'alltime', suffix='work_ratio') }}

),

peak_ratios as (

    {{ window_ratios('early_peak', 'late_peak', suffix='peak_ratio') }}

)

select
    work_ratios.*,
    {%- for measure in measures() %}
    peak_ratios.{{ measure }}_peak_ratio{{ ',' if not loop.last }}
    {%- endfor %}
from work_ratios
inner join peak_ratios
    on work_ratios.antenna_id = peak_ratios.antenna_id
