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
    sum(records) as delivered_rows,
    sum(accepted) as accepted_rows,
    {%- for reason in reasons %}
    sum({{ reason }}) as {{ reason }}{{ ',' if not loop.last }}
    {%- endfor %}
from days
group by told_day
