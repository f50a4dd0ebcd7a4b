{#
    The column of a released table that identifies the antenna or zone. The catalog decides, not var zones,
    because readers of a release may not know its vars.

    select {{ unit_in(released('final_features')) }} from {{ released('final_features') }}
#}
{% macro unit_in(relation) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) if execute else [] -%}
    {{ 'zone_id' if 'zone_id' in columns | map(attribute='name') else 'antenna_id' }}
{%- endmacro %}
