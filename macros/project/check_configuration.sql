{#
    Stops the run before anything is built when the configuration of the models cannot be, and warns
    when the privacy gate is off. Vars are checked earlier, before dbt parses: see
    dbt_gnuper/variables.py.
#}
{% macro check_configuration() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- do _check_schemas() -%}
    {%- if var('privacy_k') == 0 -%}
        {%- do exceptions.warn(
            'THE PRIVACY GATE IS OFF (privacy_k: 0). Every value is in the output, also those about '
            ~ 'a single person. This run is NOT FOR RELEASE.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{# What is restricted and what is published must not share a schema: access is granted per schema. #}
{% macro _check_schemas() -%}
    {%- set published = ['current_release', 'release_ledger'] -%}
    {%- set release_schema = relation_of('current_release').schema -%}
    {%- for node in graph.nodes.values() if node.resource_type in ['model', 'seed'] and node.package_name == 'gnuper' -%}
        {%- if (node.schema == release_schema) != (node.name in published) -%}
            {{ exceptions.raise_compiler_error(
                "The " ~ node.resource_type ~ ' ' ~ node.name ~ " would be built in the schema '" ~ node.schema
                ~ "'. What is published lies in the release schema '" ~ release_schema ~ "' and everything else "
                ~ 'outside of it: set +schema of models/ in dbt_project.yml accordingly.'
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
