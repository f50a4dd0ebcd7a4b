{# one row per antenna whose residents interacted with residents of any antenna #}

{%- set counts = ['call_count', 'sms_count'] %}

with user_interactions as (

    select * from {{ ref('user_interactions') }}

),

residents as (

    select
        antenna_id1 as antenna_id,
        {%- for count in counts %}
        sum({{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from user_interactions
    group by antenna_id1, user_id

),

partners as (

    select
        antenna_id1 as antenna_id,
        {%- for count in counts %}
        sum({{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from user_interactions
    group by antenna_id1, correspondent_id

),

antenna_residents as (

    select
        antenna_id,
        {{- contributions(counts) }}
    from residents
    group by antenna_id

),

antenna_partners as (

    select
        antenna_id,
        {{- contributions(counts) }}
    from partners
    group by antenna_id

)

select
    antenna_residents.antenna_id,
    {%- for count in counts %}
    antenna_residents.{{ count }},
    least(antenna_residents.{{ count }}_users, antenna_partners.{{ count }}_users)
        as {{ count }}_users,
    greatest(antenna_residents.{{ count }}_largest, antenna_partners.{{ count }}_largest)
        as {{ count }}_largest
    {{- ',' if not loop.last }}
    {%- endfor %}
from antenna_residents
inner join antenna_partners
    on antenna_residents.antenna_id = antenna_partners.antenna_id
