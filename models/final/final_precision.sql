{# one row per zone, period and indicator with a released mean #}

{{ config(enabled=var('zones') is not none and var('bandicoot')) }}

{%- set features_before = features() | length %}
{%- set standard_error = ratio('indicators.deviation', 'sqrt(indicators.users_with_indicator)') %}
{%- set squares = 'pow(indicators.deviation, 2) * (indicators.users_with_indicator - 1)' %}

with released as (

    select
        decisions.antenna_id,
        decisions.feature,
        decisions.position - {{ features_before }} as position
    from {{ ref('feature_decisions') }} as decisions
    left anti join {{ ref('feature_rests') }} as rests
        on
            decisions.antenna_id = rests.antenna_id
            and decisions.feature = rests.feature
    where
        decisions.decision = 'released'
        and decisions.position >= {{ features_before }}

)

select
    {{ released_period('released.antenna_id') }}
    {{ released_antenna('released.antenna_id') }} as zone_id,
    released.feature,
    released.position,
    {%- if var('privacy_k') == 0 %}
    indicators.users_with_indicator as users,
    {{ standard_error }} as standard_error
    {%- else %}
    -- an exact number, less that of another value, could be one person
    indicators.users_with_indicator - indicators.users_with_indicator % 5 as users,
    -- one user must not account for too much of the sum of squares, and without any deviation
    -- (NULL) the mean is the value of every single user; rounding must not make a half too much
    case
        when
            pow(indicators.largest_deviation, 2)
            <= {{ var('privacy_max_share') | float }} * {{ squares }} * (1 + 1e-9)
            then {{ rounded(standard_error, var('release_digits')) }}
    end as standard_error
    {%- endif %}
from released
inner join {{ ref('antenna_indicators') }} as indicators
    on
        released.antenna_id = indicators.antenna_id
        and released.position = indicators.position
