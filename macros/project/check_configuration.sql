{#
    Stops the run before anything is built if the configuration of the models is invalid. Warns if the
    privacy gate is off. Vars are checked earlier, before dbt parses: see dbt_gnuper/variables.py.
#}
{% macro check_configuration() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- do _check_schemas() -%}
    {%- if flags.WHICH in ('run', 'build', 'retry') -%}{%- do check_zones() -%}{%- endif -%}
    {%- if var('privacy_k') == 0 -%}
        {%- do exceptions.warn(
            'THE PRIVACY GATE IS OFF (privacy_k: 0). The output has all values, including those about '
            ~ 'a single person. This run is NOT FOR RELEASE.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{# Restricted and published tables must not share a schema, because access is granted per schema. #}
{% macro _check_schemas() -%}
    {%- set published = ['current_release', 'release_ledger'] -%}
    {%- set release_schema = relation_of('current_release').schema -%}
    {%- for node in graph.nodes.values() if node.resource_type in ['model', 'seed'] and node.package_name == 'gnuper' -%}
        {%- if (node.schema == release_schema) != (node.name in published) -%}
            {{ exceptions.raise_compiler_error(
                "The " ~ node.resource_type ~ ' ' ~ node.name ~ " would be built in the schema '" ~ node.schema
                ~ "'. Only what is published may be in the release schema '" ~ release_schema ~ "', and it must be "
                ~ 'there: set +schema of models/ in dbt_project.yml accordingly.'
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
