{# The id in a field of the locations file, as text; spelled like those of the CDR files. #}
{% macro location_id(name) -%}
    {%- set names = [] -%}
    {%- for column in plugin().columns_of(raw_layout().locations.fields[name]) -%}
        {%- do names.append(quoted_name(column)) -%}
    {%- endfor -%}
    {%- set id = names[0] if names | length == 1 else 'concat(' ~ names | join(", '-', ") ~ ')' -%}
    {{ trimmed_id(id) if raw_layout().trim_ids else id }}
{%- endmacro %}
