{# one row: the release that readers see #}

{#
    Publishes level 4. It runs after the audits and, in `dbt build`, after all data tests: dbt waits
    for the tests of all ancestors of a model. So this model names as parents the released tables,
    the audit, and models that no other model reads. All others are ancestors of these.
#}
{{
    config(
        materialized='publication',
        pre_hook=[
            "{{ check_earlier_tables() }}",
            "{{ check_that_values_are_released(ref('release_report')) }}",
            "{{ check_contents(ref('release_period')) }}",
        ],
    )
}}

{%- for name in released_tables() %}
-- depends_on: {{ ref(name) }}
{%- endfor %}
-- depends_on: {{ ref('release_audit') }}

-- models that no other model reads
-- depends_on: {{ ref('rejected_rows') }}
-- depends_on: {{ ref('user_metrics') }}
-- depends_on: {{ ref('antenna_metrics_week') }}
{%- if var('bandicoot') %}
-- depends_on: {{ ref('bandicoot_features') }}
-- depends_on: {{ ref('user_bandicoot_errors') }}
{%- endif %}
{%- if var('compare_home_rules') %}
-- depends_on: {{ ref('home_rule_agreement') }}
{%- endif %}

select release_id
from {{ ref('release_period') }}
