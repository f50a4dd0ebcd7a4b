{# one row per antenna with an event of a resident #}

{{ window_ratios('nonworkday', 'alltime', suffix='week_ratio') }}
