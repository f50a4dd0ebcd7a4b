{# one row per promise of the release #}

{#
    The audits check the tables that are about to be published, whatever made them. A broken promise
    stops the run here, in `dbt run` as in `dbt build`, and nothing is published.
#}
{{ config(post_hook="{{ check_audit(this) }}") }}

{%- set audits = [
    'final_features_has_all_antennas',
    'final_features_releases_what_is_allowed',
    'final_interactions_releases_what_is_allowed',
    'release_report_counts_the_release',
] %}

{% for audit in audits -%}
select
    '{{ audit }}' as promise,
    count(*) as violations
from {{ ref(audit) }}
{{ 'union all' if not loop.last }}
{% endfor %}
