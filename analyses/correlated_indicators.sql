{#
    Which features tell the same story: the correlation of each pair of features over the antennas
    that have both, separately for each period, the strongest first. Bandicoot's indicators are left
    out, because they would make a quarter of a million pairs.
#}

with released as (

    {{ released_values(released('final_features')) }}

)

select
    one.period,
    one.feature as feature1,
    other.feature as feature2,
    count(*) as antennas,
    -- NULL where all antennas have the same value; corr would stop
    {{ ratio(
        'covar_pop(one.value, other.value)', 'stddev_pop(one.value) * stddev_pop(other.value)'
    ) }} as correlation
from released as one
inner join released as other
    on
        one.period = other.period
        and one.antenna_id = other.antenna_id
        and one.position < other.position
where
    one.value is not null
    and other.value is not null
group by one.period, one.feature, other.feature
-- a correlation over a handful of antennas means nothing
having count(*) >= 10
order by one.period desc, abs(correlation) desc nulls last, feature1 asc, feature2 asc
