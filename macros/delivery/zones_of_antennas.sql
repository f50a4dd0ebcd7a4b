{#
    The zone of each antenna by var zones, as JSON for from_json. Warns of what is doubtful in the file, and
    stops the run if no antenna is in a zone, or none in a zone of var capital or of the population file.
    Commands that build nothing get an empty list.

    {{ zones_of_antennas(ref('antennas')) }}
#}
{% macro zones_of_antennas(antennas) -%}
    {%- if not execute or flags.WHICH not in ('run', 'build', 'retry') -%}{{ return('[]') }}{%- endif -%}
    {%- set places = run_query(
        'select distinct ' ~ released_antenna('antenna_id') ~ ', longitude, latitude from ' ~ antennas
    ).rows -%}
    {%- set found = adapter.zones_of_antennas(
        places, zones_file() or var('zones'), var('zone_id'), var('zone_name'), capital(),
        zones_file('zone_population')
    ) -%}
    {%- if found.problem -%}{{ exceptions.raise_compiler_error(found.problem) }}{%- endif -%}
    {%- for warning in found.warnings -%}{%- do exceptions.warn(warning) -%}{%- endfor -%}
    {{ return(tojson(found.rows)) }}
{%- endmacro %}
