{#
    The features of an antenna, in the order of their columns: of each the name, the model that
    computes it and the parts of the data that it rests on, from the registry
    dbt_gnuper/features.yml. A feature is released only if every one of these parts has enough users
    behind it and none who dominates it; see `antenna_support` for the parts.
#}
{% macro features() -%}
    {{ return(plugin().features()) }}
{%- endmacro %}
