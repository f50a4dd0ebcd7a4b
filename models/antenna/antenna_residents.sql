{# one row per antenna that is somebody's home #}

select
    user_home_antenna.antenna_id,
    antennas.period,
    count(*) as residents
from {{ ref('user_home_antenna') }} as user_home_antenna
inner join {{ ref('antennas') }} as antennas
    on user_home_antenna.antenna_id = antennas.antenna_id
group by user_home_antenna.antenna_id, antennas.period
