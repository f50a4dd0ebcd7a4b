{# one row: the release that readers see #}

{#
    Publishes level 4. In `dbt build` it comes after all tests of what it publishes; in `dbt run` it
    runs those that assert the promises itself, but for the profiles', which cost as much as a
    quarter of all models.
#}
{{
    config(
        materialized='publication',
        pre_hook=["{{ audit_release() }}", "{{ check_contents(ref('release_period')) }}"],
    )
}}

{%- for name in released_tables() %}
-- depends_on: {{ ref(name) }}
{%- endfor %}
-- what the audits look at
-- depends_on: {{ ref('antennas') }}
-- depends_on: {{ ref('antenna_interactions') }}
-- depends_on: {{ ref('feature_decisions') }}
-- depends_on: {{ ref('interaction_decisions') }}
-- depends_on: {{ ref('user_home_antenna') }}

select release_id
from {{ ref('release_period') }}
