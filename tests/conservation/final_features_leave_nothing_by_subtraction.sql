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

{%- set rests = [] %}
{%- for measure in measures() %}
{%- do rests.extend([measure ~ '_week_ratio', measure ~ '_work_ratio']) %}
{%- endfor %}
{%- if var('bandicoot') %}
{%- do rests.extend(counts.values()) %}
{%- endif %}

-- what each feature leaves of a user's events, under the feature's name
with users as (

    select
        homes.antenna_id,
        metrics.user_id,
        {%- for measure in measures() %}
        coalesce(sum(metrics.{{ measure }}), 0) as {{ measure }},
        coalesce(sum(metrics.{{ measure }}) filter (where metrics.week_part = 'workday'), 0)
            as {{ measure }}_week_ratio,
        coalesce(sum(metrics.{{ measure }}), 0) - coalesce(sum(metrics.work_{{ measure }}), 0)
            as {{ measure }}_work_ratio{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('user_metrics_week') }} as metrics
    inner join {{ ref('residents') }} as homes
        on metrics.user_id = homes.user_id
    group by homes.antenna_id, metrics.user_id

),

{% if var('bandicoot') -%}
left_over as (

    select
        users.*,
        {%- for measure, indicator in counts.items() %}
        users.{{ measure }} - coalesce(
            indicators.indicators[{{ bandicoot_columns().index(indicator) - 1 }}], 0
        ) as {{ indicator }}{{ ',' if not loop.last }}
        {%- endfor %}
    from users
    left join {{ ref('user_bandicoot') }} as indicators
        on users.user_id = indicators.user_id and indicators.error is null

),

{% else -%}
left_over as (

    select * from users

),

{% endif -%}
antennas as (

    select
        antenna_id,
        {{- contributions(rests) }}
    from left_over
    group by antenna_id

),

rests as (

    select
        antenna_id,
        stack(
            {{ rests | length }},
            {%- for rest in rests %}
            '{{ rest }}', {{ rest }}_users, {{ ratio(rest ~ '_largest', rest) }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        ) as (feature, users, largest_share)
    from antennas

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
        rests.users between 1 and {{ var('privacy_k') }}
        or rests.largest_share > {{ var('privacy_max_share') }}
    )
group by rests.feature
