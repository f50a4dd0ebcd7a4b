{# one row per antenna #}

select
    antennas.antenna_id,
    antennas.longitude,
    antennas.latitude,
    {%- for feature in features() %}
    {{ feature.model }}.{{ feature.name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('antennas') }} as antennas
{%- for model in ['alltime_features', 'active_users_features', 'interaction_features',
                  'variance_features', 'daily_features', 'hourly_features'] %}
left join {{ ref(model) }} as {{ model }}
    on antennas.antenna_id = {{ model }}.antenna_id
{%- endfor %}
