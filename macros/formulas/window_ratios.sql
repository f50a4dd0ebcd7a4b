{#
    Query with one row per antenna: each measure's sum in one window of time, divided by its sum in
    another, as `<measure>_<suffix>`. NULL when a window has no event of that kind. Every antenna
    with an event has a row.

    {{ window_ratios('nonworkday', 'alltime', suffix='week_ratio') }}
#}
{% macro window_ratios(numerator, denominator, suffix) -%}
    select
        antenna_id,
        {%- for measure in measures() %}
        {{ ratio(
            'max(' ~ measure ~ ") filter (where window = '" ~ numerator ~ "')",
            'max(' ~ measure ~ ") filter (where window = '" ~ denominator ~ "')",
        ) }} as {{ measure }}_{{ suffix }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('antenna_metrics_window') }}
    -- alltime keeps antennas without an event in either window
    where window in ('{{ numerator }}', '{{ denominator }}', 'alltime')
    group by antenna_id
{%- endmacro %}
