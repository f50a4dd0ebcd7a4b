{# one row per antenna, hour of the day and measure withheld by secondary suppression #}

{%- set rest_of = {
    'work': 'work',
    'early_peak': 'peaks',
    'late_peak': 'peaks',
} %}

-- Anyone knows the sum of the day. Where shares of working hours, peaks or indicators of the night
-- may be released, their sums are known too.
with known_sums as (

    select
        antenna_id,
        substring_index(rest, '.', -1) as measure,
        {%- for window in ['work', 'peaks', 'night'] %}
        coalesce(bool_and(is_safe) filter (where rest like '{{ window }}.%'), false)
            as {{ window }}_is_known{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('antenna_rests') }}
    group by antenna_id, measure

),

cells as (

    select
        decisions.*,
        concat_ws(
            ' ',
            {%- for window, hours in windows_of_the_day().items() %}
            known_sums.{{ rest_of[window] }}_is_known
            and {{ in_hours('decisions.hour', hours[0], hours[1]) }},
            {%- endfor %}
            known_sums.night_is_known and {{ is_night('decisions.hour') }}
        ) as block
    from {{ ref('hourly_profile_decisions') }} as decisions
    inner join known_sums
        on
            decisions.antenna_id = known_sums.antenna_id
            and decisions.measure = known_sums.measure

),

{{ secondary_suppression(
    'cells',
    time='hour',
    distance='least(abs(cells.hour - withheld.hour), 24 - abs(cells.hour - withheld.hour))',
) }}
