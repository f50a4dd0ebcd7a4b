{# one row per ordered pair of antennas whose residents interacted #}

{%- set counts = ['call_count', 'sms_count', 'vol_sum'] %}

with user_interactions as (

    select * from {{ ref('user_interactions') }}

),

-- each user's contribution to the pair, on the side of the record
end1 as (

    select
        antenna_id1,
        antenna_id2,
        {%- for count in counts %}
        sum({{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from user_interactions
    group by antenna_id1, antenna_id2, user_id

),

-- each correspondent's contribution to the pair, on the other side
end2 as (

    select
        antenna_id1,
        antenna_id2,
        {%- for count in counts %}
        sum({{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from user_interactions
    group by antenna_id1, antenna_id2, correspondent_id

),

pairs1 as (

    select
        antenna_id1,
        antenna_id2,
        {{- contributions(counts) }}
    from end1
    group by antenna_id1, antenna_id2

),

pairs2 as (

    select
        antenna_id1,
        antenna_id2,
        {{- contributions(counts) }}
    from end2
    group by antenna_id1, antenna_id2

)

select
    pairs1.antenna_id1,
    pairs1.antenna_id2,
    {%- for count in counts %}
    pairs1.{{ count }},
    least(pairs1.{{ count }}_users, pairs2.{{ count }}_users) as {{ count }}_users,
    greatest(pairs1.{{ count }}_largest, pairs2.{{ count }}_largest) as {{ count }}_largest
    {{- ',' if not loop.last }}
    {%- endfor %}
from pairs1
inner join pairs2
    on
        pairs1.antenna_id1 = pairs2.antenna_id1
        and pairs1.antenna_id2 = pairs2.antenna_id2
