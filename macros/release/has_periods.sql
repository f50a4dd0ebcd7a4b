{#
    Whether a released table has a row per period. The catalog decides, not var period, because readers of
    a release may not know its vars. False if there is no such table.
#}
{% macro has_periods(relation) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) if execute else [] -%}
    {{ return('period' in columns | map(attribute='name')) }}
{%- endmacro %}
