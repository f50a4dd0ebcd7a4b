{#
    The values of a table's first partition column, as a list of texts, each once. For Parquet the catalog
    has them.
#}
{% macro partition_values(relation, column) -%}
    {%- set values = [] -%}
    {%- if var('table_format') == 'parquet' -%}
        {%- for partition in run_query('show partitions ' ~ relation).columns[0].values() -%}
            {%- do values.append(_unescape(partition.split('/')[0].partition('=')[2])) -%}
        {%- endfor -%}
    {%- else -%}
        {%- for value in run_query('select distinct ' ~ column ~ ' from ' ~ relation).columns[0].values() -%}
            {%- do values.append(value | string) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(values | unique(case_sensitive=true) | list) }}
{%- endmacro %}


{# The value in a partition's path: Spark writes some characters as %XX. #}
{% macro _unescape(text) -%}
    {%- set parts = text.split('%') -%}
    {%- set plain = [parts[0]] -%}
    {%- for part in parts[1:] -%}
        {%- do plain.append('%c' % (part[:2] | int(base=16)) ~ part[2:]) -%}
    {%- endfor -%}
    {{ return(plain | join('')) }}
{%- endmacro %}
