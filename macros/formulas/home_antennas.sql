{#
    Query of the users' homes by one of three published rules (Vanhoof, Reis, Ploetz and Smoreda 2018,
    "Assessing the quality of home detection from mobile phone data for official statistics"):
    'night_events'   the antenna with most events at night, gnuper's rule
    'distinct_days'  the antenna with events on most days
    'events'         the antenna with most events
    On ties the smallest antenna id wins, compared as text. One row per user with events that the rule
    counts on at least var home_min_nights nights or days. See user_home_antenna for the columns.
    `visits` is a query like that of the macro visits.

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

    -- separates the home from all other places
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
