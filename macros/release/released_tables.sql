{#
    The published tables, by the names of their models. Those of zones are published with var zones only; with
    `all` they are listed in any case.
#}
{% macro released_tables(all=false) -%}
    {%- set names = [
        'final_features', 'final_interactions', 'final_flows', 'final_hourly_profile', 'final_weekly_profile',
        'data_quality', 'release_report', 'release_run',
    ] -%}
    {%- if all or var('zones') -%}{%- do names.append('final_zones') -%}{%- endif -%}
    {%- if all or (var('zones') and var('bandicoot')) -%}{%- do names.append('final_precision') -%}{%- endif -%}
    {%- if all or var('zone_population') -%}{%- do names.append('final_coverage') -%}{%- endif -%}
    {{ return(names) }}
{%- endmacro %}
