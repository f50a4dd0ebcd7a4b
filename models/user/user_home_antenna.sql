{# one row per user with a home #}

{{ home_antennas(var('home_rule')) }}
