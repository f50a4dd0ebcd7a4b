{#
    The field of a row of the locations file, as text. Ids are spelled like those of the CDR files, and
    coordinates have a decimal point.

    {{ location_field('cell_id') }}  ->  concat(`lac`, '-', `ci`)
#}
{% macro location_field(name) -%}
    {%- set columns = [] -%}
    {%- for column in plugin().columns_of(raw_layout().locations.fields[name]) -%}
        {%- do columns.append(quoted_name(column)) -%}
    {%- endfor -%}
    {%- set field = columns[0] if columns | length == 1 else 'concat(' ~ columns | join(", '-', ") ~ ')' -%}
    {%- if name in ['longitude', 'latitude'] -%}
        {{ plain_number(field, raw_layout().locations) }}
    {%- else -%}
        {{ trimmed_id(field) if raw_layout().trim_ids and name in ['antenna_id', 'cell_id'] else field }}
    {%- endif -%}
{%- endmacro %}
