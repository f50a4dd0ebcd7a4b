{#
    The windows of the day that features compare with the whole of it: names, with the first and the
    last hour of each.
#}
{% macro windows_of_the_day() -%}
    {{ return({
        'late_peak': [var('lp_begin'), var('lp_end')],
        'early_peak': [var('ep_begin'), var('ep_end')],
        'work': [var('work_begin'), var('work_end')],
    }) }}
{%- endmacro %}
