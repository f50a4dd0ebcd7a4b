{#
    Post-hook of user_home_antenna: stops the run when nobody has a home, because then all features are
    NULL: such a release never replaces the last one.
#}
{% macro check_that_users_have_homes(user_home_antenna) -%}
    {%- if execute and run_query('select * from ' ~ user_home_antenna ~ ' limit 1').rows | length == 0 -%}
        {{ exceptions.raise_compiler_error(
            'Nobody has a home antenna, so no feature has a value: all users are machines (var '
            ~ 'max_weekly_interactions), or have no events that var home_rule counts (at night, by noct_begin and '
            ~ 'noct_end), or on fewer days than home_min_nights. Nothing was released; the last release stays.'
        ) }}
    {%- endif -%}
{%- endmacro %}
