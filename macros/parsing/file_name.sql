{# The name of a row's file. Spark gives it as part of a URI, with %20 for a space. #}
{% macro file_name(table) -%}
    {%- set name = table ~ '._metadata.file_name' -%}
    case
        when contains({{ name }}, '%') then url_decode(replace({{ name }}, '+', '%2B')) else {{ name }}
    end
{%- endmacro %}
