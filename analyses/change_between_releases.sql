{#
    What has changed since an earlier release. The var earlier_release names its schema. An antenna
    is compared if both releases have its value in the period; the others are only counted.
#}

{%- if var('earlier_release') is none -%}
    {%- set nothing = 'Set var earlier_release to the schema of an earlier release.' -%}
{%- else -%}
    {%- set earlier = released('final_features', var('earlier_release')) -%}
    {%- set later = released('final_features') -%}
    {%- set nothing = why_incomparable(earlier, later) -%}
{%- endif -%}

{%- if nothing -%}
    {#- dbt shows only the first letters of a text -#}
    {%- if execute and flags.WHICH == 'show' -%}{%- do exceptions.warn(nothing) -%}{%- endif -%}
select {{ text_literal(nothing) }} as nothing_to_compare
{%- else -%}
with earlier as (

    {{ released_values(earlier) }}

),

later as (

    {{ released_values(later) }}

),

periods_of_both as (

    select period from earlier
    intersect
    select period from later

),

compared as (

    select
        coalesce(later.period, earlier.period) as period,
        coalesce(later.position, earlier.position) as position,
        coalesce(later.feature, earlier.feature) as feature,
        earlier.value as earlier_value,
        later.value as later_value
    from later
    full outer join earlier
        on
            later.period = earlier.period
            and later.antenna_id = earlier.antenna_id
            and later.feature = earlier.feature

)

select
    compared.period,
    compared.feature,
    count_if(
        compared.earlier_value is not null and compared.later_value is not null
    ) as antennas_in_both,
    count_if(
        compared.earlier_value is not null and compared.later_value is null
    ) as antennas_in_earlier_only,
    count_if(
        compared.earlier_value is null and compared.later_value is not null
    ) as antennas_in_later_only,
    median(compared.earlier_value) filter (
        where compared.later_value is not null
    ) as earlier_median,
    median(compared.later_value) filter (
        where compared.earlier_value is not null
    ) as later_median,
    median(compared.later_value - compared.earlier_value) as median_change,
    corr(compared.earlier_value, compared.later_value) as correlation
from compared
inner join periods_of_both
    on compared.period = periods_of_both.period
group by compared.period, compared.position, compared.feature
order by compared.period desc, compared.position asc
{%- endif %}
