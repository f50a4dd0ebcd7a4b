{# one row per antenna and feature withheld because of what subtraction would leave #}

with leaves as (

    select
        feature,
        explode(rests) as rest
    from values
        {%- for feature, rests in leaves_of_features().items() %}
        ('{{ feature }}', array({{ literal_list(rests, as_type='text') }}))
        {{- ',' if not loop.last }}
        {%- endfor %}
        as (feature, rests)

)

select distinct
    decisions.antenna_id,
    decisions.feature
from {{ ref('feature_decisions') }} as decisions
inner join leaves
    on decisions.feature = leaves.feature
inner join {{ ref('antenna_rests') }} as antenna_rests
    on
        decisions.antenna_id = antenna_rests.antenna_id
        and leaves.rest = antenna_rests.rest
where
    decisions.decision = 'released'
    and not antenna_rests.is_safe
