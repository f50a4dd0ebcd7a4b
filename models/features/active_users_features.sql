{# one row per antenna that is somebody's home #}

select
    antenna_id,
    residents as active_users
from {{ ref('antenna_residents') }}
