{# one row per ordered pair of antennas of which at least one count may be released #}

{# not before the check for overlapping releases #}
-- depends_on: {{ ref('release_period') }}

{%- set counts = ['call_count', 'sms_count', 'vol_sum'] %}

-- A row without a released count would still tell that somebody here knows somebody there.
select
    antenna_id1,
    antenna_id2,
    distance_km,
    {%- for count in counts %}
    case when {{ count }}_decision = 'released' then {{ count }} end as {{ count }},
    {%- endfor %}
    {{ withheld_text(
        "array(struct('call_count' as feature, call_count_decision as decision), "
        ~ "struct('sms_count' as feature, sms_count_decision as decision), "
        ~ "struct('vol_sum' as feature, vol_sum_decision as decision))"
    ) }} as withheld_features
from {{ ref('interaction_decisions') }}
where 'released' in (
    {%- for count in counts %}{{ count }}_decision{{ ', ' if not loop.last }}{% endfor -%}
)
