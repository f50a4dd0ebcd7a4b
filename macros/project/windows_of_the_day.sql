{#
    The windows of the day from which features are computed: their names, each with the first and the last
    hour.
#}
{% macro windows_of_the_day() -%}
    {{ return({
        'late_peak': [var('lp_begin'), var('lp_end')],
        'early_peak': [var('ep_begin'), var('ep_end')],
        'work': [var('work_begin'), var('work_end')],
    }) }}
{%- endmacro %}
