{#
    Condition: a feature is about the place and not about people, so it is released without a gate.

    {{ is_about_the_place('feature') }}  ->  feature in ('dist2c')
#}
{% macro is_about_the_place(feature) -%}
    {%- set names = features() | rejectattr('rests_on') | map(attribute='name') | list -%}
    {{ feature }} in ({{ literal_list(names, as_type='text') }})
{%- endmacro %}
