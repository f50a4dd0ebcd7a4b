{#
    The first day of a date's week. Weeks start on the ISO weekday in var week_starts_on. A week is named
    by its first day, so that weeks of different years differ.

    {{ week_start('day') }}
#}
{% macro week_start(day) -%}
    date_sub({{ day }}, pmod(weekday({{ day }}) + 1 - {{ var('week_starts_on') }}, 7))
{%- endmacro %}
