{#
    The features of an antenna, in the order of their columns, from the registry dbt_gnuper/features.yml.
    Each has its name, the model that computes it, and the parts of the data on which it rests. A feature
    is released only if each of these parts has enough users and no dominating one. See `antenna_support`
    for the parts.
#}
{% macro features() -%}
    {{ return(plugin().features()) }}
{%- endmacro %}
