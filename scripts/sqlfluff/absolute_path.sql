{# A path for sqlfluff, which knows no folder of the project. #}
{% macro absolute_path(path) -%}{{ return('/' ~ path) }}{%- endmacro %}
