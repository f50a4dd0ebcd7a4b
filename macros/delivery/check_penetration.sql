{#
    Post-hook of final_coverage: warns of zones with more active users than people. Both are released values.
#}
{% macro check_penetration(final_coverage) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set zones = run_query(
        'select distinct zone_id from ' ~ final_coverage ~ ' where penetration > 1 order by zone_id'
    ).columns[0].values() | list -%}
    {%- if zones -%}
        {%- do exceptions.warn(
            'Zones with more active users than people, by the population file '
            ~ zones_file('zone_population') ~ ' (' ~ zones | length ~ "): '" ~ zones[:3] | join("', '") ~ "'"
            ~ (' and ' ~ (zones | length - 3) ~ ' more' if zones | length > 3 else '')
            ~ '. It must have people, not thousands or households. If it has, people with several SIM cards '
            ~ 'or from elsewhere may be the reason.'
        ) -%}
    {%- endif -%}
{%- endmacro %}
