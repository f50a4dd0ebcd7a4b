{# Drops a table's rows for which a condition on its first partition column holds, with their files. #}
{% macro drop_partition(relation, condition) -%}
    {%- do run_query(
        'alter table ' ~ relation ~ ' drop if exists partition (' ~ condition ~ ') purge'
        if var('table_format') == 'parquet' else 'delete from ' ~ relation ~ ' where ' ~ condition
    ) -%}
{%- endmacro %}
