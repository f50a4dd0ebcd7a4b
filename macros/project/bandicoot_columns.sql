{#
    The columns of an antenna that come from bandicoot, in its order: the number of records and the 722
    indicators, from python_udfs/bandicoot_columns.py.
#}
{% macro bandicoot_columns() -%}
    {{ return(plugin().bandicoot_columns()) }}
{%- endmacro %}
