{#
    The path of a row's file, relative to raw_data_path: its name, and the folders before it if the pattern
    of the files has some. Spark gives it as part of a URI, with %20 for a space.
#}
{% macro file_name(table) -%}
    {%- set folders = raw_kinds()[0].pattern.count('/') -%}
    {%- set name = table ~ '._metadata.file_name' if not folders
        else 'substring_index(' ~ table ~ "._metadata.file_path, '/', -" ~ (folders + 1) ~ ')' -%}
    case
        when contains({{ name }}, '%') then url_decode(replace({{ name }}, '+', '%2B')) else {{ name }}
    end
{%- endmacro %}
