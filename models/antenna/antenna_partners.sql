{# one row per antenna whose residents interacted with residents of any antenna #}

{%- set counts = ['call_count', 'sms_count'] %}

with pairs as (

    select
        antenna_id1 as antenna_id,
        user_id,
        correspondent_id,
        {{ counts | join(', ') }}
    from {{ ref('user_interactions') }}

),

partners as (

    {{ contributions_of_both_ends('pairs', ['antenna_id'], counts) | indent }}

)

select * from partners
