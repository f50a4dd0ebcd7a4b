{#
    The relation of a model where a ref would make a cycle: a model looks at what the last run left of a
    model that is built after it. See docs/decisions.md.

    {{ relation_of('delivered_files') }}
#}
{% macro relation_of(name) -%}
    {%- set node = graph.nodes['model.gnuper.' ~ name] -%}
    {{ return(api.Relation.create(schema=node.schema, identifier=node.alias)) }}
{%- endmacro %}
