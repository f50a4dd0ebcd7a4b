{# one row per antenna and feature #}

{%- set models = features() | map(attribute='model') | unique | list %}

-- position: the feature's place among the columns of final_features
with feature_values as (

    select
        units.antenna_id,
        antenna_residents.residents,
        stack(
            {{ features() | length }},
            {%- for feature in features() %}
            {{ loop.index0 }}, '{{ feature.name }}',
            cast({{ feature.model }}.{{ feature.name }} as double){{ ',' if not loop.last }}
            {%- endfor %}
        ) as (position, feature, value)
    from {{ ref('units') }} as units
    left join {{ ref('antenna_residents') }} as antenna_residents
        on units.antenna_id = antenna_residents.antenna_id
    {%- for model in models %}
    left join {{ ref(model) }} as {{ model }}
        on units.antenna_id = {{ model }}.antenna_id
    {%- endfor %}

),

{% if var('bandicoot') -%}
indicator_names as (

    select
        posexplode(array(
            {%- for name in bandicoot_columns() %}
            '{{ name }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )) as (indicator, feature)

),

{% endif -%}
supported_values as (

    select
        feature_values.antenna_id,
        feature_values.position,
        feature_values.feature,
        feature_values.value,
        feature_values.residents,
        feature_support.users,
        feature_support.largest_share
    from feature_values
    left join {{ ref('feature_support') }} as feature_support
        on
            feature_values.antenna_id = feature_support.antenna_id
            and feature_values.feature = feature_support.feature
    {%- if var('bandicoot') %}

    union all

    select
        units.antenna_id,
        {{ features() | length }} + indicator_names.indicator as position,
        indicator_names.feature,
        antenna_indicators.value,
        antenna_residents.residents,
        antenna_indicators.users,
        antenna_indicators.largest_share
    from {{ ref('units') }} as units
    cross join indicator_names
    left join {{ ref('antenna_residents') }} as antenna_residents
        on units.antenna_id = antenna_residents.antenna_id
    left join {{ ref('antenna_indicators') }} as antenna_indicators
        on
            units.antenna_id = antenna_indicators.antenna_id
            and indicator_names.indicator = antenna_indicators.position
    {%- endif %}

)

select
    antenna_id,
    position,
    feature,
    value,
    users,
    largest_share,
    case
        when {{ is_about_the_place('feature') }} then 'released'
        else {{ privacy_decision('value', 'users', 'largest_share', 'residents') }}
    end as decision
from supported_values
