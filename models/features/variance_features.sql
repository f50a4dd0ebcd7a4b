{# one row per antenna with an event of a resident #}

-- sample variance over the weeks; NULL with fewer than two of them
select
    antenna_id,
    {%- for kind in ['calls', 'sms', 'vol'] %}
    {{ sample_variance(ratio('og_' ~ kind, 'ic_' ~ kind)) }}
        as {{ kind }}_ratio_var{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('antenna_metrics_window') }}
where window = 'week'
group by antenna_id
