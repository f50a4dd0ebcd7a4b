{# one row per kind of violation in final_interactions #}

{#
    Compares the released pairs with the thresholds, without using the decisions. A count must be
    there if, and only if, both antennas have more than privacy_k residents, it rests on more than
    privacy_k people at both ends, and none of them accounts for more than privacy_max_share. A pair
    must be there if one of its counts is.

    A failure means
    (a) counts are in the wrong columns; or
    (b) the macro privacy_decision does not do what its thresholds say: DO NOT RELEASE; or
    (c) counts are withheld that could be released.
#}
{{ config(materialized='ephemeral') }}

{%- set counts = ['call_count', 'sms_count', 'vol_sum'] %}

with residents as (

    select
        antenna_id,
        count(*) as residents
    from {{ ref('residents') }}
    group by antenna_id

),

allowed as (

    select
        pairs.antenna_id1,
        pairs.antenna_id2,
        {%- for count in counts %}
        case
            {%- if var('privacy_k') == 0 %}
            when true
            {%- else %}
            when
                residents1.residents > {{ var('privacy_k') }}
                and residents2.residents > {{ var('privacy_k') }}
                and pairs.{{ count }}_users > {{ var('privacy_k') }}
                -- if all calls last 0 seconds, nobody dominates
                and coalesce(
                    {{ ratio('pairs.' ~ count ~ '_largest', 'pairs.' ~ count) }}
                    <= {{ var('privacy_max_share') }},
                    true
                )
            {%- endif %}
                then pairs.{{ count }}
        end as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('antenna_interactions') }} as pairs
    inner join residents as residents1
        on pairs.antenna_id1 = residents1.antenna_id
    inner join residents as residents2
        on pairs.antenna_id2 = residents2.antenna_id

),

pairs_with_a_count as (

    select *
    from allowed
    where coalesce({{ counts | join(', ') }}) is not null

),

compared as (

    select
        case
            when released.{{ unit_column(1) }} is null then 'allowed but not released'
            when pairs_with_a_count.antenna_id1 is null then 'released but not allowed'
            {%- for count in counts %}
            when not released.{{ count }} <=> pairs_with_a_count.{{ count }}
                then 'another {{ count }} than allowed'
            {%- endfor %}
        end as violation
    from {{ ref('final_interactions') }} as released
    full outer join pairs_with_a_count
        on
            {{ released_key('released', 1) }} = pairs_with_a_count.antenna_id1
            and {{ released_key('released', 2) }} = pairs_with_a_count.antenna_id2

)

select
    violation,
    count(*) as pair_count
from compared
where violation is not null
group by violation
