{# one row per antenna #}

select
    antenna_id,
    avg(longitude) as longitude,
    avg(latitude) as latitude,
    count(*) as cells
from {{ ref('cells') }}
group by antenna_id
