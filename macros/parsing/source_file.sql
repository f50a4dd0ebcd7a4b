{#
    What a delivered file is called. Its name, unless the name is a customer's id: then a pseudonym.

    {{ source_file('cdr') }}
#}
{% macro source_file(table) -%}
    {%- if 'file_name' in raw_layout().fields.values() -%}
        hex({{ pseudonym(table ~ '._metadata.file_name') }})
    {%- else -%}
        {{ file_name(table) }}
    {%- endif -%}
{%- endmacro %}
