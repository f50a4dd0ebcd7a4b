{# Pre-hook of cell_sites: stops the run when the locations file of this machine cannot be read. #}
{% macro check_local_locations_file() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set problem = adapter.local_file_problem(locations_file()) -%}
    {%- if problem -%}{%- do no_cell_sites(locations_file(), problem) -%}{%- endif -%}
    {%- if adapter.lacks_header(locations_file(), raw_layout().locations) -%}
        {{ exceptions.raise_compiler_error(
            "The locations file '" ~ locations_file() ~ "' does not begin with the header of the layout: "
            ~ raw_layout().locations.columns | join(raw_layout().locations.delimiter)
            ~ '. Deliver it again, or describe it under locations of var layout.'
        ) }}
    {%- endif -%}
{%- endmacro %}
