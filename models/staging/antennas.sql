{# one row per antenna #}

select
    antenna_id,
    {{ ratio(exact_sum('longitude'), 'count(*)') }} as longitude,
    {{ ratio(exact_sum('latitude'), 'count(*)') }} as latitude,
    count(*) as cells
from {{ ref('cells') }}
group by antenna_id
