{# one row per antenna and part of the data that features rest on #}

{%- set measures_and_totals = measures() + ['calls', 'sms'] %}

with windows as (

    select * from {{ ref('antenna_metrics_window') }}

),

-- 'alltime.og_calls', 'work.ic_vol', ...: one measure in one window of time
window_support as (

    select
        antenna_id,
        stack(
            {{ measures_and_totals | length }},
            {%- for measure in measures_and_totals %}
            concat(window, '.{{ measure }}'), {{ measure }}_users,
            {{ ratio(measure ~ '_largest', measure) }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as (part, users, largest_share)
    from windows
    where window != 'week'

),

-- 'weeks.calls', ...: the weekly ratios behind a variance; the weakest week counts
weekly_ratios as (

    select
        antenna_id,
        stack(
            3,
            {%- for kind in ['calls', 'sms', 'vol'] %}
            'weeks.{{ kind }}', {{ ratio('og_' ~ kind, 'ic_' ~ kind) }},
            least(og_{{ kind }}_users, ic_{{ kind }}_users),
            greatest(
                {{ ratio('og_' ~ kind ~ '_largest', 'og_' ~ kind) }},
                {{ ratio('ic_' ~ kind ~ '_largest', 'ic_' ~ kind) }}
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as (part, weekly_ratio, users, largest_share)
    from windows
    where window = 'week'

),

week_support as (

    select
        antenna_id,
        part,
        min(users) as users,
        max(largest_share) as largest_share
    from weekly_ratios
    where weekly_ratio is not null
    group by antenna_id, part

),

-- 'partners.calls', ...: the interactions with residents of any antenna, including this one;
-- 'capital.calls', ...: those with residents of the capital
partner_support as (

    select
        antenna_id,
        stack(
            4,
            'partners.calls', call_count_users, {{ ratio('call_count_largest', 'call_count') }},
            'partners.sms', sms_count_users, {{ ratio('sms_count_largest', 'sms_count') }},
            'capital.calls', capital_call_count_users,
            {{ ratio('capital_call_count_largest', 'capital_call_count') }},
            'capital.sms', capital_sms_count_users,
            {{ ratio('capital_sms_count_largest', 'capital_sms_count') }}
        ) as (part, users, largest_share)
    from {{ ref('antenna_partners') }}

),

-- the residents; each of them counts as one
resident_support as (

    select
        antenna_id,
        'residents' as part,
        residents as users,
        {{ ratio('1', 'residents') }} as largest_share
    from {{ ref('antenna_residents') }}

)

select * from window_support
union all
select * from week_support
union all
select * from partner_support
union all
select * from resident_support
