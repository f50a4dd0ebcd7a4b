{# one row per antenna and group of partners with a withheld number of calls or texts #}

{%- set counts = ['call_count', 'sms_count'] %}

with withheld as (

    select
        user_interactions.antenna_id1 as antenna_id,
        user_interactions.antenna_id2 as partner_id,
        explode(array(
            'anywhere'
            {%- if capital() %},
            case
                when {{ is_in_capital('user_interactions.antenna_id2') }} then 'capital'
                else 'elsewhere'
            end
            {%- endif %}
        )) as partners,
        user_interactions.user_id,
        user_interactions.correspondent_id,
        {%- for count in counts %}
        case
            when decisions.{{ count }}_decision != 'released' then user_interactions.{{ count }}
        end as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('user_interactions') }} as user_interactions
    inner join {{ ref('interaction_decisions') }} as decisions
        on
            user_interactions.antenna_id1 = decisions.antenna_id1
            and user_interactions.antenna_id2 = decisions.antenna_id2

),

people as (

    {{ contributions_of_both_ends('withheld', ['antenna_id', 'partners'], counts) | indent }}

),

partner_antennas as (

    select
        antenna_id,
        partners,
        {%- for count in counts %}
        count(distinct case when {{ count }} is not null then partner_id end)
            as {{ count }}_partners{{ ',' if not loop.last }}
        {%- endfor %}
    from withheld
    group by antenna_id, partners

)

select
    people.*,
    {%- for count in counts %}
    partner_antennas.{{ count }}_partners{{ ',' if not loop.last }}
    {%- endfor %}
from people
inner join partner_antennas
    on
        people.antenna_id = partner_antennas.antenna_id
        and people.partners = partner_antennas.partners
where coalesce(people.{{ counts | join(', people.') }}) is not null
