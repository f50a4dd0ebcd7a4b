{#
    Stops the run before anything is read if the file of var zones or of var zone_population cannot be used,
    does not have the zones of var capital, or if the two have no zone in common. Warns of zones that only the
    population file has.
#}
{% macro check_zones() -%}
    {%- if var('zones') is none -%}{{ return('') }}{%- endif -%}
    {%- set population = zones_file('zone_population') -%}
    {%- set problem = adapter.zones_problem(
            zones_file(), var('zone_id'), var('zone_name'), capital()
        )
        or adapter.population_problem(population, zones_file(), var('zone_id'), var('zone_name')) -%}
    {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
    {%- set warning = adapter.population_warning(
        population, zones_file(), var('zone_id'), var('zone_name')
    ) -%}
    {%- if warning -%}{%- do exceptions.warn(warning) -%}{%- endif -%}
{%- endmacro %}
