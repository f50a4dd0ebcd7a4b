{#
    The windows of time that do not depend on the week: their names, each with the SQL expression of a
    week's measure in it, where {} stands for the measure. Columns of user_metrics_week can be combined,
    such as "case when week_part = 'weekend' then work_{} end".
#}
{% macro windows_of_time() -%}
    {%- set windows = {
        'alltime': '{}',
        'workday': "case when week_part = 'workday' then {} end",
        'nonworkday': "case when week_part != 'workday' then {} end",
    } -%}
    {%- for window in windows_of_the_day() -%}
        {%- do windows.update({window: window ~ '_{}'}) -%}
    {%- endfor -%}
    {{ return(windows) }}
{%- endmacro %}
