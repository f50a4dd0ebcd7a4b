{# The key file of the pseudonyms. #}
{% macro pseudonym_key_file() -%}
    {{ return(absolute_path(var('pseudonym_key_file'))) }}
{%- endmacro %}
