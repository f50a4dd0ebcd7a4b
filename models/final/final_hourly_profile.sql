{# one row per antenna, hour of the day and period #}

{{ released_profile(ref('hourly_profile_decisions'), ref('hourly_profile_rests'), time='hour') }}
