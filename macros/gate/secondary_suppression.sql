{#
    The last part of a query: the values of a profile that are withheld although they pass the gate.
    Otherwise a value that does not pass the gate would follow by subtraction.

    `cells` has one row per antenna, measure and `time` (the name of a column: hour or week), with value,
    largest and decision. Its column `block` is the part of the profile with a known sum, which is about
    enough people or nobody.

    In a block with withheld values, the value nearest in time is withheld too: the companion. It must be
    so large that no user can account for more than privacy_max_share of the withheld values together, and
    that these are not nearly the least that they can be. Otherwise the whole block is withheld. A companion
    that is chosen by its size, or passed over for it, would tell something about the withheld values.

    with cells as (...), {{ secondary_suppression('cells', time='hour', distance='abs(cells.hour - withheld.hour)') }}
#}
{% macro secondary_suppression(cells, time, distance) -%}
withheld as (

    select *
    from {{ cells }}
    where
        decision like 'withheld%'
        and value is not null

),

rests as (

    select
        antenna_id,
        measure,
        block,
        sum(value) as value,
        sum(largest) as largest,
        count(*) as withheld_values
    from withheld
    group by antenna_id, measure, block

),

neighbours as (

    select
        cells.antenna_id,
        cells.measure,
        cells.block,
        cells.{{ time }},
        cells.value,
        cells.largest,
        row_number() over (
            partition by cells.antenna_id, cells.measure, cells.block
            order by min({{ distance }}), cells.{{ time }}
        ) as place
    from {{ cells }} as cells
    inner join withheld
        on
            cells.antenna_id = withheld.antenna_id
            and cells.measure = withheld.measure
            and cells.block = withheld.block
    where cells.decision = 'released'
    group by
        cells.antenna_id,
        cells.measure,
        cells.block,
        cells.{{ time }},
        cells.value,
        cells.largest

),

companions as (

    select
        neighbours.antenna_id,
        neighbours.measure,
        neighbours.block,
        -- one user contributes at most the largest contributions of all these values together
        neighbours.largest + rests.largest
        <= {{ var('privacy_max_share') | float }} * (neighbours.value + rests.value)
        -- each withheld value is 1 at least, the companion privacy_k + 1: there must be a choice
        and neighbours.value + rests.value >= {{ var('privacy_k') }} + 2 + rests.withheld_values
            as is_enough
    from neighbours
    inner join rests
        on
            neighbours.antenna_id = rests.antenna_id
            and neighbours.measure = rests.measure
            and neighbours.block = rests.block
    where neighbours.place = 1

)

select
    neighbours.antenna_id,
    neighbours.measure,
    neighbours.{{ time }}
from neighbours
inner join companions
    on
        neighbours.antenna_id = companions.antenna_id
        and neighbours.measure = companions.measure
        and neighbours.block = companions.block
where neighbours.place = 1 or not companions.is_enough
{%- endmacro %}
