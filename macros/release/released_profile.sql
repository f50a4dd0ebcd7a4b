{#
    Query of a profile as it is released: one row per antenna and `time` (the name of a column: hour or
    week), with the six measures and the list of those withheld. `decisions` are the gate's decisions,
    `rests` the values withheld by secondary suppression.

    {{ released_profile(ref('hourly_profile_decisions'), ref('hourly_profile_rests'), time='hour') }}
#}
{% macro released_profile(decisions, rests, time) -%}
with gated as (

    select
        antenna_id,
        {{ time }},
        position,
        measure,
        decision,
        case when decision = 'released' then value end as value
    from {{ decisions }}

),

released as (

    select
        gated.antenna_id,
        gated.{{ time }},
        transform(
            array_sort(collect_list(struct(
                gated.position,
                gated.measure as feature,
                case
                    when rests.measure is null then gated.decision
                    else 'withheld_rest'
                end as decision,
                case when rests.measure is null then gated.value end as value
            ))),
            entry -> struct(entry.feature, entry.decision, entry.value)
        ) as measures
    from gated
    left join {{ rests }} as rests
        on
            gated.antenna_id = rests.antenna_id
            and gated.measure = rests.measure
            and gated.{{ time }} = rests.{{ time }}
    group by gated.antenna_id, gated.{{ time }}

)

select
    {{ released_period('antenna_id') }}
    {{ released_antenna('antenna_id') }} as {{ unit_column() }},
    {{ time }},
    {%- for measure in measures() %}
    measures[{{ loop.index0 }}].value as {{ measure }},
    {%- endfor %}
    {{ withheld_text('measures') }} as withheld_values
from released
{%- endmacro %}
