{#
    The relation of a model that cannot be a ref, because it is built after the one that asks: a model
    that grows from run to run looks at what the last run left. See docs/decisions.md.

    {{ relation_of('delivered_files') }}
#}
{% macro relation_of(name) -%}
    {%- set node = graph.nodes['model.gnuper.' ~ name] -%}
    {{ return(api.Relation.create(schema=node.schema, identifier=node.alias)) }}
{%- endmacro %}
