{#
    The kinds of CDR files that the layout describes, each with all keys of a layout, the `pattern` of its
    files and the raw `table` that reads them. Most layouts have one.
#}
{% macro raw_kinds() -%}
    {%- set kinds = [] -%}
    {%- for kind in raw_layout().files -%}
        {%- do kinds.append(dict(kind, pattern=kind.pattern or var('raw_file_pattern'))) -%}
    {%- endfor -%}
    {{ return(kinds) }}
{%- endmacro %}
