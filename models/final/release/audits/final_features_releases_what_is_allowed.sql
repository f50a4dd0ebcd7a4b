{# one row per kind of violation in final_features #}

{#
    Compares the release with the thresholds, without using the decisions. A value must be there if,
    and only if, it exists, its antenna has more than privacy_k residents, it rests on more than
    privacy_k users, none of them accounts for more than privacy_max_share, and it leaves no rest
    about few people by subtraction. Antennas and features are compared one by one. Withheld values
    must be named in withheld_features.

    A failure means
    (a) values are in the wrong columns: the order of features in final_features is not that of
        feature_decisions; or
    (b) the macro privacy_decision does not do what its thresholds say: DO NOT RELEASE; or
    (c) values are withheld that could be released.
#}
{{ config(materialized='ephemeral') }}

with released_rows as (

    select
        {{ released_key() }} as antenna_id,
        explode(from_json(to_json(struct(*)), 'map<string, string>')) as (feature, value)
    from {{ ref('final_features') }}

),

-- one row per antenna and value that is not NULL
released as (

    select
        antenna_id,
        feature,
        try_cast(value as double) as value
    from released_rows
    where
        feature not in (
            'period', 'antenna_id', 'zone_id', 'zone_name', 'longitude', 'latitude',
            'withheld_features'
        )

),

{% if var('privacy_k') > 0 -%}
withheld as (

    select
        {{ released_key() }} as antenna_id,
        explode(
            transform(split(withheld_features, '; '), entry -> substring_index(entry, '=', 1))
        ) as feature
    from {{ ref('final_features') }}
    where withheld_features != ''

),

{% endif -%}
residents as (

    select
        antenna_id,
        count(*) as residents
    from {{ ref('residents') }}
    group by antenna_id

),

allowed as (

    select
        decisions.antenna_id,
        decisions.feature,
        {{ rounded_feature('decisions.feature', 'decisions.value') }} as value,
        coalesce(residents.residents, 0) as residents,
        {% if var('privacy_k') == 0 -%}
        true
        {%- else -%}
        {{ is_about_the_place('decisions.feature') }}
        or (
            coalesce(residents.residents, 0) > {{ var('privacy_k') }}
            and coalesce(decisions.users, 0) > {{ var('privacy_k') }}
            and not coalesce(decisions.largest_share > {{ var('privacy_max_share') }}, false)
            and rests.feature is null
        )
        {%- endif %} as is_allowed
    from {{ ref('feature_decisions') }} as decisions
    left join {{ ref('feature_rests') }} as rests
        on
            decisions.antenna_id = rests.antenna_id
            and decisions.feature = rests.feature
    left join residents
        on decisions.antenna_id = residents.antenna_id

),

compared as (

    select
        case
            when allowed.feature is null
                then 'released or named without a decision'
            when released.value is not null and not allowed.is_allowed
                then 'released but not allowed'
            when allowed.is_allowed and not released.value <=> allowed.value
                then 'allowed but not released, or another value'
            {%- if var('privacy_k') > 0 %}
            when withheld.feature is not null and released.value is not null
                then 'released but named as withheld'
            when withheld.feature is not null and allowed.residents = 0
                then 'named as withheld where nobody lives'
            when
                withheld.feature is null
                and allowed.value is not null
                and not allowed.is_allowed
                and allowed.residents > 0
                then 'withheld but not named'
            {%- endif %}
        end as violation
    from allowed
    full outer join released
        on
            allowed.antenna_id = released.antenna_id
            and allowed.feature = released.feature
    {%- if var('privacy_k') > 0 %}
    full outer join withheld
        on
            allowed.antenna_id = withheld.antenna_id
            and allowed.feature = withheld.feature
    {%- endif %}

)

select
    violation,
    count(*) as value_count
from compared
where violation is not null
group by violation
