{# one row per antenna, hour of the day and period #}

{# not before the check for overlapping releases #}
-- depends_on: {{ ref('release_period') }}

{{ released_profile(ref('hourly_profile_decisions'), ref('hourly_profile_rests'), time='hour') }}
