{# one row per antenna whose residents interacted with residents of any antenna #}

{%- set counts = ['call_count', 'sms_count'] %}
{%- set capital_counts = ['capital_call_count', 'capital_sms_count'] %}

with pairs as (

    select
        antenna_id1 as antenna_id,
        user_id,
        correspondent_id,
        {%- for count in counts %}
        case when {{ is_in_capital('antenna_id2') }} then {{ count }} end as capital_{{ count }},
        {%- endfor %}
        {{ counts | join(', ') }}
    from {{ ref('user_interactions') }}

),

partners as (

    {{ contributions_of_both_ends('pairs', ['antenna_id'], counts + capital_counts) | indent }}

)

select * from partners
