{# one row per antenna, week and period #}

{{ released_profile(ref('weekly_profile_decisions'), ref('weekly_profile_rests'), time='week') }}
