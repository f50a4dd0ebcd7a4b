{#
    With var zones, the residents of all zones and those of the antennas in no zone are the
    residents of all antennas, in each period.

    A failure means
    (a) an antenna has two zones, so that joins multiply its residents; or
    (b) zones were lost between antenna_zones and antenna_residents.
#}
{{ config(enabled=var('zones') is not none) }}

with homes as (

    select
        antennas.period,
        count(*) as residents,
        count_if(zones.zone_id is null) as outside
    from {{ ref('user_home_antenna') }} as user_home_antenna
    inner join {{ ref('antennas') }} as antennas
        on user_home_antenna.antenna_id = antennas.antenna_id
    left join {{ ref('antenna_zones') }} as zones
        on {{ released_antenna('antennas.antenna_id') }} = zones.antenna_id
    group by antennas.period

),

zones as (

    select
        period,
        sum(residents) as residents
    from {{ ref('antenna_residents') }}
    group by period

)

select
    homes.period,
    homes.residents as residents_of_antennas,
    homes.outside,
    zones.residents as residents_of_zones
from homes
full outer join zones
    on homes.period = zones.period
where not homes.residents - homes.outside <=> coalesce(zones.residents, 0)
