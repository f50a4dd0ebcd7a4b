{#
    When (UTC) and with which vars this run builds a table, as JSON.

    {{ build_of_table(model) }}  ->  {"at": "2024-05-01T06:00:00.000000", "vars": {"noct_begin": "1f0e3dad", ...}}
#}
{% macro build_of_table(node) -%}
    {{ return(tojson({
        'at': run_started_at.strftime('%Y-%m-%dT%H:%M:%S.%f'),
        'vars': vars_of_table(node),
    }, sort_keys=true)) }}
{%- endmacro %}
