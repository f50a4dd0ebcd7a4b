{# An id without the spaces and apostrophes around it. #}
{% macro trimmed_id(id) -%}
    trim(both ' \t\'' from {{ id }})
{%- endmacro %}
