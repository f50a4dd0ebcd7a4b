{# Stops the run: there are no coordinates of cells. #}
{% macro no_cell_sites(path, problem='is empty') -%}
    {{ exceptions.raise_compiler_error(
        "The locations file '" ~ path ~ "' " ~ problem ~ '. Set raw_locations to a file in raw_data_path or to '
        ~ 'an absolute path; its columns are ' ~ raw_layout().locations.columns | join(', ') ~ ', by var layout.'
    ) }}
{%- endmacro %}
