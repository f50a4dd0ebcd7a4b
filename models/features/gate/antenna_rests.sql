{# one row per antenna and sum that readers can compute by subtraction #}

{#- so many unknown counts of pairs are more than the released features of pairs can single out #}
{%- set fewest_withheld_partners = 5 %}
{%- set indicator_parts = [] %}
{%- for part in rests().values() | sum(start=[]) | unique if part.startswith('indicator.') %}
    {%- do indicator_parts.append(part) %}
{%- endfor %}

with {% if var('bandicoot') -%}
indicator_names as (

    select *
    from values
        {%- for part in indicator_parts %}
        ({{ bandicoot_columns().index(part.split('.')[1]) }}, '{{ part }}')
        {{- ',' if not loop.last }}
        {%- endfor %}
        as (position, part)

),

{% endif -%}
parts as (

    select
        antenna_id,
        part,
        users,
        largest_share
    from {{ ref('antenna_support') }}

    union all

    select
        antenna_id,
        stack(
            {{ measures() | length }},
            {%- for measure in measures() %}
            concat(block, '.{{ measure }}'), {{ measure }}_users,
            {{ ratio(measure ~ '_largest', measure) }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as (part, users, largest_share)
    from {{ ref('antenna_blocks') }}
    {%- if var('bandicoot') %}

    union all

    select
        antenna_id,
        part,
        events_users as users,
        {{ ratio('events_largest', 'events') }} as largest_share
    from {{ ref('antenna_international') }}

    union all

    select
        antenna_indicators.antenna_id,
        indicator_names.part,
        antenna_indicators.users,
        antenna_indicators.largest_share
    from {{ ref('antenna_indicators') }} as antenna_indicators
    inner join indicator_names
        on antenna_indicators.position = indicator_names.position
    {%- endif %}

),

rest_parts as (

    select
        rest,
        explode(parts) as part
    from values
        {%- for rest, parts in rests().items() %}
        ('{{ rest }}', array({{ literal_list(parts, as_type='text') }})){{ ',' if not loop.last }}
        {%- endfor %}
        as (rest, parts)

),

-- a sum of nobody's events says nothing about anybody
sums as (

    select
        parts.antenna_id,
        rest_parts.rest,
        bool_and(
            coalesce(parts.users, 0) = 0
            or {{ is_about_enough_people('parts.users', 'parts.largest_share') }}
        ) as is_safe
    from parts
    inner join rest_parts
        on parts.part = rest_parts.part
    group by parts.antenna_id, rest_parts.rest

),

-- The night comes after the peaks: where these are known, both together must not cut the day into
-- blocks of too few people.
told_sums as (

    select
        antenna_id,
        rest,
        case
            when rest like 'night.%' then
                is_safe and not coalesce(
                    max(case when rest like 'peaks.%' then is_safe end)
                        over (partition by antenna_id, substring_index(rest, '.', -1))
                    and not max(case when rest like 'peaks\_and\_night.%' then is_safe end)
                        over (partition by antenna_id, substring_index(rest, '.', -1)),
                    false
                )
            else is_safe
        end as is_safe
    from sums

),

-- weekly values that are withheld follow from a variance over all weeks
weekly_values as (

    select
        antenna_id,
        concat('weeks.', substring_index(measure, '_', -1)) as rest,
        not bool_or(decision like 'withheld%') as is_safe
    from {{ ref('weekly_profile_decisions') }}
    group by antenna_id, rest

),

-- Features about pairs are equations for the counts that are withheld. A share of the capital is
-- one for those of the capital's antennas, and one for those of all others.
withheld_partners as (

    select
        antenna_id,
        stack(
            2,
            {%- for kind, count in {'calls': 'call_count', 'sms': 'sms_count'}.items() %}
            concat(if(partners = 'anywhere', 'partners', 'capital'), '.{{ kind }}'),
            {{ count }} is null
            or (
                {{ count }}_partners >= {{ fewest_withheld_partners }}
                and {{ is_about_enough_people(
                    count ~ '_users', ratio(count ~ '_largest', count)
                ) }}
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as (rest, is_safe)
    from {{ ref('antenna_withheld_partners') }}

)

select * from told_sums
union all
select * from weekly_values
union all
select
    antenna_id,
    rest,
    bool_and(is_safe) as is_safe
from withheld_partners
group by antenna_id, rest
