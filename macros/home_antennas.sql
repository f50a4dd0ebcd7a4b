{#
    Query of the users' homes by one of three published rules (Vanhoof, Reis, Ploetz and Smoreda 2018,
    "Assessing the quality of home detection from mobile phone data for official statistics"):
    'night_events'   the antenna with most events at night, gnuper's rule
    'distinct_days'  the antenna with events on most days
    'events'         the antenna with most events
    On ties the smallest antenna id, compared as text. One row per user with an event that the rule
    looks at; see user_home_antenna for the columns.

    {{ home_antennas('night_events') }}
#}
{% macro home_antennas(rule) -%}
    {%- set score = 'days' if rule == 'distinct_days' else 'events' -%}
    with visits as (

        select
            user_id,
            antenna_id,
            {% if rule == 'night_events' -%}
            -- the morning belongs to the night that began the day before
            date_sub(day, case when hour < {{ var('noct_end') | int }} then 1 else 0 end) as day,
            {%- else -%}
            day,
            {%- endif %}
            count(*) as events
        from {{ ref('events') }}
        {% if rule == 'night_events' -%}
        where {{ is_night('hour') }}
        {% endif -%}
        group by all

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

    -- the best place first
    ranked as (

        select
            user_id,
            sum({{ score }}) as total,
            array_sort(collect_list(struct(-{{ score }} as rank, antenna_id, events, days))) as places
        from places
        group by user_id

    )

    select
        user_id,
        places[0].antenna_id as antenna_id,
        places[0].events as night_events,
        places[0].days as nights,
        -places[0].rank / total as home_share,
        get(places, 1).antenna_id as runner_up_antenna_id,
        coalesce(-get(places, 1).rank / total, 0D) as runner_up_share
    from ranked
    where places[0].days >= {{ var('home_min_nights') | int }}
{%- endmacro %}
