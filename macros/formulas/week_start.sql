{#
    The first day of the week that a date lies in. Weeks start on the ISO weekday var
    week_starts_on. Naming a week by its first day keeps weeks of different years apart.

    {{ week_start('day') }}
#}
{% macro week_start(day) -%}
    date_sub({{ day }}, pmod(weekday({{ day }}) + 1 - {{ var('week_starts_on') }}, 7))
{%- endmacro %}
