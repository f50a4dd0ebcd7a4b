{#
    Query with one row per antenna: all features of a model whose formula is a measure in one window of
    time divided by a measure in another. The registry names both, the numerator first: rests_on:
    [nonworkday.og_calls, alltime.og_calls]. NULL when a window has no event of that kind. Every antenna
    with an event has a row.

    {{ window_ratios('daily_features') }}
#}
{% macro window_ratios(model) -%}
    select
        antenna_id,
        {%- for feature in features() if feature.model == model %}
        {%- set parts = [] %}
        {%- for part in feature.rests_on %}
        {%- set window, measure = part.split('.') %}
        {%- do parts.append('max(' ~ measure ~ ") filter (where window = '" ~ window ~ "')") %}
        {%- endfor %}
        {{ ratio(parts[0], parts[1]) }} as {{ feature.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('antenna_metrics_window') }}
    where window != 'week'
    group by antenna_id
{%- endmacro %}
