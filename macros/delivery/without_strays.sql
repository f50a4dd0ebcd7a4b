{#
    A join that leaves out rows of days that are far from all others; see model distant_days. `rows` is a
    table with source_file.

    from rows {{ without_strays('rows', 'rows.day') }} where ...
#}
{% macro without_strays(rows, day) -%}
    left anti join {{ ref('distant_days') }} as strays
        on {{ rows }}.source_file = strays.source_file and {{ day }} = strays.day and strays.is_left_out
{%- endmacro %}
