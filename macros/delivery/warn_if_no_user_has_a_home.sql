{# Post-hook of user_home_antenna: warns when nobody has a home, because then all features are NULL. #}
{% macro warn_if_no_user_has_a_home(user_home_antenna) -%}
    {%- if execute and run_query('select * from ' ~ user_home_antenna ~ ' limit 1').rows | length == 0 -%}
        {%- do exceptions.warn(
            'Nobody has a home antenna, so no feature has a value: all users are machines (var '
            ~ 'max_weekly_interactions), or have no events that var home_rule counts (at night, by noct_begin and '
            ~ 'noct_end), or on fewer days than home_min_nights.'
        ) -%}
    {%- endif -%}
{%- endmacro %}
