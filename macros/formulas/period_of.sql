{#
    The period of a day, by var period: 'all', its month as yyyy-MM, or the first day of its week as
    yyyy-MM-dd.

    {{ period_of('day') }}
#}
{% macro period_of(day) -%}
    {%- if var('period') == 'month' -%}
        date_format({{ day }}, 'yyyy-MM')
    {%- elif var('period') == 'week' -%}
        cast({{ week_start(day) }} as string)
    {%- else -%}
        'all'
    {%- endif -%}
{%- endmacro %}
