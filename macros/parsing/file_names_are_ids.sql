{# Whether files are named after customers' ids. Then no message may contain a file name. #}
{% macro file_names_are_ids() -%}
    {{ return(plugin().names_are_ids(raw_layout())) }}
{%- endmacro %}
