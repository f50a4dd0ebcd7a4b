{#
    Condition: a sum rests on more than var privacy_k users, and none of them accounts for more than var
    privacy_max_share of it. With privacy_k 0 always true.

    {{ is_about_enough_people('users', 'largest_share') }}
#}
{% macro is_about_enough_people(users, largest_share) -%}
    {%- if var('privacy_k') == 0 -%}
        true
    {%- else -%}
        (
            coalesce({{ users }}, 0) > {{ var('privacy_k') }}
            and not coalesce({{ largest_share }} > {{ var('privacy_max_share') | float }}, false)
        )
    {%- endif -%}
{%- endmacro %}
