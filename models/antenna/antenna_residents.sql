{# one row per antenna that is somebody's home #}

select
    antenna_id,
    count(*) as residents
from {{ ref('user_home_antenna') }}
group by antenna_id
