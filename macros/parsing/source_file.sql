{#
    The path of a delivered file in tables, relative to raw_data_path: the path itself, or a pseudonym if
    it has a customer's id.

    {{ source_file('cdr') }}
#}
{% macro source_file(table) -%}
    {%- if not file_names_are_ids() -%}
        {{ file_name(table) }}
    {%- else -%}
        hex({{ pseudonym(table ~ '._metadata.file_name' if '/' not in raw_kinds()[0].pattern else file_name(table)) }})
    {%- endif -%}
{%- endmacro %}
