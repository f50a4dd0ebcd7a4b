{#
    The rests that each feature and indicator of final_features leaves, by its name; only those that leave
    any.

    {{ leaves_of_features() }}  ->  {'og_calls_week_ratio': ['workday.og_calls'], ...}
#}
{% macro leaves_of_features() -%}
    {%- set leaves = {} -%}
    {%- for feature in features() if feature.leaves -%}
        {%- do leaves.update({feature.name: feature.leaves}) -%}
    {%- endfor -%}
    {%- if var('bandicoot') -%}
        {%- do leaves.update(plugin().leaves_of_indicators()) -%}
    {%- endif -%}
    {{ return(leaves) }}
{%- endmacro %}
