{#
    Whether a released table has a row per period. The catalog is asked, not var period: who reads a
    release need not know the vars that it was made with. False where there is no such table.
#}
{% macro has_periods(relation) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) if execute else [] -%}
    {{ return('period' in columns | map(attribute='name')) }}
{%- endmacro %}
