{#
    dbt's query of the input rows of a unit test. The columns' types are taken from the input's properties.
    dbt's own macro reads them from the tables, so unit tests would need a build. dbt-labs/dbt-core#12606
    and #11868 ask for declared types instead; either makes this macro unnecessary.
#}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- set types = column_name_to_data_types or adapter.described_columns(model.name) -%}
    {%- for row in rows or [{}] %}
    {%- set values = format_row(row, types) %}
    select
        {%- for name, type in types.items() %}
        {{ values.get(name, safe_cast('null', type)) }} as {{ quoted_name(name) }}{{ ',' if not loop.last }}
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'limit 0' if not rows }}
{%- endmacro %}
