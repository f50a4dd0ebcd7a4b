{# one row per day with enough users, and one for all other rows of the delivery #}

{%- set reasons = reject_reasons() %}

with days as (

    select
        *,
        -- days with too few users are pooled, not shown by date
        case when max(users) over (partition by day) > {{ var('privacy_k') }} then day end
            as told_day
    from {{ ref('delivery_quality') }}
    where source_file is not null

)

select
    told_day as day,
    count(distinct source_file) as files,
    {%- for rows, name in {'records': 'delivered_rows', 'accepted': 'accepted_rows'}.items() %}
    -- the accepted rows of days with few users are not told
    case
        when told_day is not null or sum(accepted) = 0 then {{ rounded_rows('sum(' ~ rows ~ ')') }}
    end as {{ name }},
    {%- endfor %}
    {%- for reason in reasons %}
    cast({{ rounded('sum(' ~ reason ~ ')', var('release_digits')) }} as bigint)
        as {{ reason }}{{ ',' if not loop.last }}
    {%- endfor %}
from days
group by told_day
