{#
    The privacy gate: the decision on one value, by the number of users behind it and the share of the
    largest of them (see docs/privacy.md):
    'released'             it rests on more than var privacy_k users, and none of them accounts for
                           more than var privacy_max_share of it
    'withheld_k'           too few users. Also when the antenna has too few residents: then not even
                           the absence of a value is disclosed
    'withheld_dominance'   one user accounts for too much of it
    'not_existing'         nothing to release: NULL by definition (no such event, division by zero)
    'no_data'              nobody lives at the antenna
    With privacy_k 0 the gate is off and nothing is withheld.

    {{ privacy_decision('value', users='users', largest_share='largest_share', residents='residents') }}
#}
{% macro privacy_decision(value, users, largest_share, residents) -%}
    case
        when coalesce({{ residents }}, 0) = 0 then 'no_data'
        {%- if var('privacy_k') > 0 %}
        when {{ residents }} <= {{ var('privacy_k') }} then 'withheld_k'
        {%- endif %}
        when {{ value }} is null then 'not_existing'
        {%- if var('privacy_k') > 0 %}
        when coalesce({{ users }}, 0) <= {{ var('privacy_k') }} then 'withheld_k'
        when {{ largest_share }} > {{ var('privacy_max_share') | float }} then 'withheld_dominance'
        {%- endif %}
        else 'released'
    end
{%- endmacro %}
