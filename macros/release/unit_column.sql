{#
    The column of a table of level 4 that identifies the unit of the release: antenna_id or, with var zones,
    zone_id. Earlier tables call it antenna_id in both cases. `end` is 1 or 2 for tables of pairs.

    {{ unit_column() }}  ->  antenna_id
    {{ unit_column(1) }}  ->  antenna_id1
#}
{% macro unit_column(end='') -%}
    {{ 'zone_id' if var('zones') else 'antenna_id' }}{{ end }}
{%- endmacro %}
