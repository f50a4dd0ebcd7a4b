{#
    Condition for a query of raw rows: the current version of their file has not been read before. Empty
    when everything is to be read, and when the query is only compiled, not run.
#}
{% macro and_file_is_new(table) -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'retry') and is_incremental() -%}
        {%- set unchanged = unchanged_files() -%}
        {%- if unchanged %}
        and not {{ source_file(table) }} in ({{ literal_list(unchanged, as_type='text') }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
