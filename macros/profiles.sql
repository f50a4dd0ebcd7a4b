{#
    The six measures of a table made by the macro `contributions`, one below the other: position,
    measure, value, users and largest.

    select antenna_id, hour, {{ stacked_contributions('metrics') }} from ... as metrics
#}
{% macro stacked_contributions(table) -%}
    stack(
            {{ measures() | length }},
            {%- for measure in measures() %}
            {{ loop.index0 }}, '{{ measure }}', {{ table }}.{{ measure }},
            {{ table }}.{{ measure }}_users, {{ table }}.{{ measure }}_largest{{ ',' if not loop.last }}
            {%- endfor %}
        ) as (position, measure, value, users, largest)
{%- endmacro %}


{#
    Query of the values of a profile that are withheld although they pass the gate, so that none that
    does not pass it follows by subtraction. `cells` has one row per antenna, measure and `time` (the
    name of a column: hour or week) with value, largest and decision; `block`, the part of the
    profile whose sum has to be taken as known; and `is_gated_sum`, whether that sum itself has
    passed the gate.

    In a block with a withheld value, one more value is withheld: the least with which no user can
    make up more than privacy_max_share of the two or more together. Where there is none, the block
    is withheld as a whole, and unless its sum has passed the gate, all of the antenna's measure.

    {{ withheld_rests('cells', time='hour') }}
#}
{% macro withheld_rests(cells, time) -%}
with rests as (

    select
        antenna_id,
        measure,
        block,
        is_gated_sum,
        sum(value) as value,
        sum(largest) as largest
    from {{ cells }}
    where
        decision like 'withheld%'
        and value is not null
    group by antenna_id, measure, block, is_gated_sum

),

companions as (

    select
        cells.antenna_id,
        cells.measure,
        cells.block,
        cells.{{ time }},
        row_number() over (
            partition by cells.antenna_id, cells.measure, cells.block
            order by cells.value, cells.{{ time }}
        ) as place
    from {{ cells }} as cells
    inner join rests
        on
            cells.antenna_id = rests.antenna_id
            and cells.measure = rests.measure
            and cells.block = rests.block
    where
        cells.decision = 'released'
        -- nobody can have more than the largest contributions of all these values together
        and cells.largest + rests.largest
        <= {{ var('privacy_max_share') | float }} * (cells.value + rests.value)

),

lonely_rests as (

    select rests.*
    from rests
    left anti join companions
        on
            rests.antenna_id = companions.antenna_id
            and rests.measure = companions.measure
            and rests.block = companions.block

)

select
    antenna_id,
    measure,
    {{ time }}
from companions
where place = 1

union

select
    cells.antenna_id,
    cells.measure,
    cells.{{ time }}
from {{ cells }} as cells
inner join lonely_rests
    on
        cells.antenna_id = lonely_rests.antenna_id
        and cells.measure = lonely_rests.measure
        and (cells.block = lonely_rests.block or not lonely_rests.is_gated_sum)
where cells.decision = 'released'
{%- endmacro %}


{#
    Query of a profile as it is released: one row per antenna and `time` (the name of a column: hour
    or week) with the six measures and what of them was withheld, from the gate's `decisions` and
    from `rests`, the values that are withheld for the sake of others.

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
    {{ released_antenna('antenna_id') }} as antenna_id,
    {{ time }},
    {%- for measure in measures() %}
    measures[{{ loop.index0 }}].value as {{ measure }},
    {%- endfor %}
    {{ withheld_text('measures') }} as withheld_values
from released
{%- endmacro %}
