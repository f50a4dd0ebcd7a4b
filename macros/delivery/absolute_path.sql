{# A path for Spark: a relative path starts at the project's folder; a URI stays as it is. #}
{% macro absolute_path(path) -%}
    {{ return(path if path.startswith('/') or ':/' in path else invocation_args_dict.project_dir ~ '/' ~ path) }}
{%- endmacro %}
