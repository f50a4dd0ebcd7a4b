{#
    Query of the values of a profile that are withheld although they pass the gate. Otherwise a value that
    does not pass the gate would follow by subtraction.

    `cells` has one row per antenna, measure and `time` (the name of a column: hour or week), with value,
    largest and decision. Its column `block` is the part of the profile with a known sum. `is_gated_sum`
    says whether this sum itself has passed the gate.

    In a block with a withheld value, one more value is withheld: the smallest with which no user can
    account for more than privacy_max_share of the withheld values together. If there is none, the whole
    block is withheld; unless its sum has passed the gate, the antenna's whole measure is withheld too.

    {{ secondary_suppression('cells', time='hour') }}
#}
{% macro secondary_suppression(cells, time) -%}
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
        -- one user contributes at most the largest contributions of all these values together
        and cells.largest + rests.largest
        <= {{ var('privacy_max_share') | float }} * (cells.value + rests.value)

),

blocks_without_companion as (

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
inner join blocks_without_companion
    on
        cells.antenna_id = blocks_without_companion.antenna_id
        and cells.measure = blocks_without_companion.measure
        and (cells.block = blocks_without_companion.block or not blocks_without_companion.is_gated_sum)
where cells.decision = 'released'
{%- endmacro %}
