{# one row per antenna that is somebody's home #}

select
    residents.antenna_id,
    units.period,
    count(*) as residents
from {{ ref('residents') }} as residents
inner join {{ ref('units') }} as units
    on residents.antenna_id = units.antenna_id
group by residents.antenna_id, units.period
