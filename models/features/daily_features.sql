{# one row per antenna with an event of a resident #}

{{ window_ratios('daily_features') }}
