{# A path as Spark must get it: relative ones start at the project's folder; URIs stay. #}
{% macro absolute_path(path) -%}
    {{ return(path if path.startswith('/') or ':/' in path else invocation_args_dict.project_dir ~ '/' ~ path) }}
{%- endmacro %}
