{#
    Readers can subtract what they see. All events less those on weekends and holidays are those on
    workdays, all less those in working hours are those in other hours, and all less bandicoot's are
    international ones. Where final_features has the values for such a subtraction, what is left
    must rest on more than privacy_k people, none of whom may account for more than
    privacy_max_share, or on nobody. It is added up here from the users' tables again, without the
    gate's.

    A failure means
    (a) a feature does not say in features.yml, or rests.py of an indicator, what it leaves: DO NOT
        RELEASE; or
    (b) the gate's sums are not those of the users' tables.
#}
{%- set counts = {
    'og_calls': 'number_of_interaction_out__allweek__allday__call',
    'og_sms': 'number_of_interaction_out__allweek__allday__text',
    'ic_calls': 'number_of_interaction_in__allweek__allday__call',
    'ic_sms': 'number_of_interaction_in__allweek__allday__text',
} %}

with users as (

    select
        homes.antenna_id,
        metrics.user_id,
        {%- for measure in measures() %}
        coalesce(sum(metrics.{{ measure }}), 0) as {{ measure }},
        coalesce(sum(metrics.{{ measure }}) filter (where metrics.week_part = 'workday'), 0)
            as {{ measure }}_on_workdays,
        coalesce(sum(metrics.{{ measure }}), 0) - coalesce(sum(metrics.work_{{ measure }}), 0)
            as {{ measure }}_after_work{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('user_metrics_week') }} as metrics
    inner join {{ ref('residents') }} as homes
        on metrics.user_id = homes.user_id
    group by homes.antenna_id, metrics.user_id

),

left_over as (

    {%- for measure in measures() %}
    {%- for feature, rest in {'week_ratio': 'on_workdays', 'work_ratio': 'after_work'}.items() %}
    select
        antenna_id,
        user_id,
        '{{ measure }}_{{ feature }}' as feature,
        {{ measure }}_{{ rest }} as events
    from users
    {{ 'union all' if var('bandicoot') or not loop.last }}
    {%- endfor %}
    {{ 'union all' if not (var('bandicoot') or loop.last) }}
    {%- endfor %}
    {%- if var('bandicoot') %}
    {%- for measure, indicator in counts.items() %}
    select
        users.antenna_id,
        users.user_id,
        '{{ indicator }}' as feature,
        users.{{ measure }} - coalesce(
            indicators.indicators[{{ bandicoot_columns().index(indicator) - 1 }}], 0
        ) as events
    from users
    left join {{ ref('user_bandicoot') }} as indicators
        on users.user_id = indicators.user_id and indicators.error is null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- endif %}

),

rests as (

    select
        antenna_id,
        feature,
        {{- contributions(['events']) }}
    from left_over
    group by antenna_id, feature

),

released as (

    select
        {{ released_key() }} as antenna_id,
        explode(from_json(to_json(struct(*)), 'map<string, string>')) as (feature, value)
    from {{ ref('final_features') }}

)

select
    rests.feature,
    count(*) as antennas
from rests
inner join released
    on
        rests.antenna_id = released.antenna_id
        and rests.feature = released.feature
where
    {{ var('privacy_k') }} > 0
    and (
        rests.events_users between 1 and {{ var('privacy_k') }}
        or {{ ratio('rests.events_largest', 'rests.events') }} > {{ var('privacy_max_share') }}
    )
group by rests.feature
