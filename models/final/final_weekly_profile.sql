{# one row per antenna, week and period #}

{# not before the check for overlapping releases #}
-- depends_on: {{ ref('release_period') }}

{{ released_profile(ref('weekly_profile_decisions'), ref('weekly_profile_rests'), time='week') }}
