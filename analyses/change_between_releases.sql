{#
    What has changed since an earlier release, which lies in the schema of var earlier_release. Only
    antennas of which both releases have the value are compared; the others are counted.
#}

{% if var('earlier_release') is none -%}
select 'Set var earlier_release to the schema of an earlier release.' as nothing_to_compare
{%- else -%}
with earlier as (

    {{ released_values(var('earlier_release') ~ '.final_features') }}

),

later as (

    {{ released_values(released('final_features')) }}

),

compared as (

    select
        coalesce(later.position, earlier.position) as position,
        coalesce(later.feature, earlier.feature) as feature,
        earlier.value as earlier_value,
        later.value as later_value
    from later
    full outer join earlier
        on
            later.antenna_id = earlier.antenna_id
            and later.feature = earlier.feature

)

select
    feature,
    count_if(earlier_value is not null and later_value is not null) as antennas_in_both,
    count_if(later_value is null and earlier_value is not null) as antennas_in_earlier_only,
    count_if(earlier_value is null and later_value is not null) as antennas_in_later_only,
    median(earlier_value) filter (where later_value is not null) as earlier_median,
    median(later_value) filter (where earlier_value is not null) as later_median,
    median(later_value - earlier_value) as median_change,
    corr(earlier_value, later_value) as correlation
from compared
group by position, feature
order by position
{%- endif %}
