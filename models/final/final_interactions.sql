{# one row per period and ordered pair of antennas of which at least one count may be released #}

{%- set counts = ['call_count', 'sms_count', 'vol_sum'] %}

with decided as (

    select
        *,
        array(
            {%- for count in counts %}
            struct('{{ count }}' as feature, {{ count }}_decision as decision)
            {{- ',' if not loop.last }}
            {%- endfor %}
        ) as decisions
    from {{ ref('interaction_decisions') }}

)

-- Even a row without a released count would disclose that somebody here knows somebody there.
select
    {{ released_period('antenna_id1') }}
    {{ released_antenna('antenna_id1') }} as {{ unit_column(1) }},
    {{ released_antenna('antenna_id2') }} as {{ unit_column(2) }},
    distance_km,
    {%- for count in counts %}
    case when {{ count }}_decision = 'released' then {{ count }} end as {{ count }},
    {%- endfor %}
    {{ withheld_text('decisions') }} as withheld_features
from decided
where exists(decisions, entry -> entry.decision = 'released')
