{#
    The file of var zone_population: `columns` with their types, and `rows`, as JSON for from_json. Commands that
    build nothing get no rows.
#}
{% macro population_of_zones() -%}
    {%- if not execute or flags.WHICH not in ('run', 'build', 'retry') -%}
        {{ return({'columns': {'zone_id': 'string', 'population': 'double'}, 'rows': '[]'}) }}
    {%- endif -%}
    {%- set population = adapter.population(zones_file('zone_population')) -%}
    {{ return({'columns': population.columns, 'rows': tojson(population.rows)}) }}
{%- endmacro %}
