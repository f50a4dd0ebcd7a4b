{# one row per antenna with residents and feature about people #}

-- which parts of the data each feature rests on
with feature_parts as (

    select *
    from values
        {%- for feature in features() if feature.rests_on %}
        {%- set outer = loop %}
        {%- for part in feature.rests_on %}
        ('{{ feature.name }}', '{{ part }}'){{ ',' if not (outer.last and loop.last) }}
        {%- endfor %}
        {%- endfor %}
        as (feature, part)

),

antenna_features as (

    select
        antenna_residents.antenna_id,
        feature_parts.feature,
        feature_parts.part
    from {{ ref('antenna_residents') }} as antenna_residents
    cross join feature_parts

)

-- a feature has the users of the part with the fewest, and the largest share of any part
select
    antenna_features.antenna_id,
    antenna_features.feature,
    min(coalesce(antenna_support.users, 0)) as users,
    max(antenna_support.largest_share) as largest_share
from antenna_features
left join {{ ref('antenna_support') }} as antenna_support
    on
        antenna_features.antenna_id = antenna_support.antenna_id
        and antenna_features.part = antenna_support.part
group by antenna_features.antenna_id, antenna_features.feature
