{#
    Query of the users' homes by one of three published rules (Vanhoof, Reis, Ploetz and Smoreda 2018,
    "Assessing the quality of home detection from mobile phone data for official statistics"):
    'night_events'   the antenna with most events at night, gnuper's rule
    'distinct_days'  the antenna with events on most days
    'events'         the antenna with most events
    On ties the smallest antenna id, compared as text. One row per user with an event that the rule
    looks at, on at least var home_min_nights nights or days; see user_home_antenna for the columns.
    `visits` is a query like macro visits.

    {{ home_antennas('night_events', visits) }}
#}
{% macro home_antennas(rule, visits) -%}
    {%- set score = 'days' if rule == 'distinct_days' else 'events' -%}
    with visits as (

        {{ visits | indent }}

    ),

    places as (

        select
            user_id,
            antenna_id,
            sum(events) as events,
            count(*) as days
        from visits
        group by user_id, antenna_id

    ),

    homes as (

        select
            user_id,
            min_by(antenna_id, struct(-{{ score }}, antenna_id)) as antenna_id
        from places
        group by user_id

    ),

    -- home apart from all other places
    compared as (

        select
            homes.user_id,
            homes.antenna_id,
            places.events,
            places.days,
            places.{{ score }} as score,
            places.antenna_id != homes.antenna_id as is_other,
            places.antenna_id as place
        from places
        inner join homes
            on places.user_id = homes.user_id

    )

    select
        user_id,
        antenna_id,
        max(events) filter (where not is_other) as night_events,
        max(days) filter (where not is_other) as nights,
        max(score) filter (where not is_other) / sum(score) as home_share,
        min_by(place, struct(-score, place)) filter (where is_other) as runner_up_antenna_id,
        coalesce(max(score) filter (where is_other), 0) / sum(score) as runner_up_share
    from compared
    group by user_id, antenna_id
    having max(days) filter (where not is_other) >= {{ var('home_min_nights') }}
{%- endmacro %}


{#
    Query of the visits that a rule counts, one row per user, antenna and day (with the rule
    night_events: the day on which the night began) and the columns of `by`: how many `events`.

    {{ visits('night_events', ref('events')) }}
#}
{% macro visits(rule, events, by=[]) -%}
    {%- set day = 'day' -%}
    {%- if rule == 'night_events' -%}
        {#- the morning belongs to the night that began the day before -#}
        {%- set day = 'date_sub(day, case when hour < ' ~ var('noct_end') ~ ' then 1 else 0 end)' -%}
    {%- endif -%}
    {%- set keys = ['user_id', 'antenna_id'] + by -%}
    select
        {{ keys | join(',\n        ') }},
        {{ day }} as day,
        count(*) as events
    from {{ events }}
    {%- if rule == 'night_events' %}
    where {{ is_night('hour') }}
    {%- endif %}
    group by {{ keys | join(', ') }}, {{ day }}
{%- endmacro %}


{# Post-hook of user_home_antenna: warns when nobody has a home, for then all features are NULL. #}
{% macro warn_of_homeless_users(user_home_antenna) -%}
    {%- if execute and run_query('select * from ' ~ user_home_antenna ~ ' limit 1').rows | length == 0 -%}
        {%- do exceptions.warn(
            'Nobody has a home antenna, so that no feature has a value: all users are machines (var '
            ~ 'max_weekly_interactions), or have no events that var home_rule counts (at night, by noct_begin and '
            ~ 'noct_end), or on fewer days than home_min_nights.'
        ) -%}
    {%- endif -%}
{%- endmacro %}
