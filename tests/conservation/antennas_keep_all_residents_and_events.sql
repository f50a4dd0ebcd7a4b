{#
    No user and no event is lost between users and antennas. The residents of all antennas are the
    users with a home. The measures per week, per hour and in the window alltime each add up to the
    events of these users.

    A failure means
    (a) a user has more than one home, or user_home_antenna lost users; or
    (b) a day is in no week part, in several, or on a holiday that is listed twice; or
    (c) an hour is missing in the hourly tables, or windows count an event twice.
#}
{%- set levels = {
    'users with a home': ref('user_metrics_week') ~ ' as weeks left semi join '
        ~ ref('residents') ~ ' as homes on weeks.user_id = homes.user_id',
    'antenna_metrics_week': ref('antenna_metrics_week'),
    'antenna_metrics_hourly': ref('antenna_metrics_hourly'),
    'antenna_metrics_window': ref('antenna_metrics_window') ~ " where window = 'alltime'",
} %}

with sums as (

    {%- for level, place in levels.items() %}
    select
        '{{ level }}' as level,
        {%- for measure in measures() %}
        coalesce(sum({{ measure }}), 0) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ place }}
    {{- '\n\n    union all\n' if not loop.last }}
    {%- endfor %}

),

residents as (

    select
        (select count(*) from {{ ref('residents') }}) as users_with_a_home,
        (select coalesce(sum(residents), 0) from {{ ref('antenna_residents') }}) as residents

),

violations as (

    select
        stack(
            {{ measures() | length }},
            {%- for measure in measures() %}
            'sums of {{ measure }}', min({{ measure }}), max({{ measure }})
            {{- ',' if not loop.last }}
            {%- endfor %}
        ) as (what, fewest, most)
    from sums

    union all

    select
        'users with a home and residents' as what,
        least(users_with_a_home, residents) as fewest,
        greatest(users_with_a_home, residents) as most
    from residents

)

select
    what,
    fewest,
    most
from violations
where fewest != most
