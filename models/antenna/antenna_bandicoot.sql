{# one row per antenna with a resident who has national events #}

{# a table: the text of a view of 723 columns is longer than catalogs keep #}
{{ config(enabled=var('bandicoot')) }}

with residents as (

    select
        residents.antenna_id,
        count(*) as n_users
    from {{ ref('user_bandicoot') }} as user_bandicoot
    inner join {{ ref('residents') }} as residents
        on user_bandicoot.user_id = residents.user_id
    where user_bandicoot.error is null
    group by residents.antenna_id

),

-- all indicators of an antenna, in bandicoot's order
indicators as (

    select
        antenna_id,
        array_sort(collect_list(struct(position, value, users_with_indicator))) as indicators
    from {{ ref('antenna_indicators') }}
    group by antenna_id

)

select
    residents.antenna_id,
    residents.n_users,
    {%- for name in bandicoot_columns() %}
    indicators.indicators[{{ loop.index0 }}].value as {{ name }},
    {%- endfor %}
    -- in the order of the columns above
    transform(indicators.indicators, indicator -> indicator.users_with_indicator)
        as users_with_indicator
from residents
inner join indicators
    on residents.antenna_id = indicators.antenna_id
