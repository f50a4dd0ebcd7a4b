{#
    Stops the run before anything is read if the file of var zones or of var zone_population cannot be used,
    or does not have the zones of var capital.
#}
{% macro check_zones() -%}
    {%- if var('zones') is none -%}{{ return('') }}{%- endif -%}
    {%- set problem = adapter.zones_problem(
            zones_file(), var('zone_id'), var('zone_name'), capital()
        )
        or adapter.population_problem(zones_file('zone_population')) -%}
    {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
{%- endmacro %}
