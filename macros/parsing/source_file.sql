{#
    The name of a delivered file in tables: its own name, or a pseudonym if that is a customer's id.

    {{ source_file('cdr') }}
#}
{% macro source_file(table) -%}
    {%- if 'file_name' in raw_layout().fields.values() -%}
        hex({{ pseudonym(table ~ '._metadata.file_name') }})
    {%- else -%}
        {{ file_name(table) }}
    {%- endif -%}
{%- endmacro %}
