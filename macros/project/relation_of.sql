{#
    The relation of a model, where a ref cannot be. It would make a cycle, because a model looks at
    what the last run left of a model that is built after it. Or the macro belongs to no model (hooks
    of the run, operations), or it looks at tables that its model does not name. See
    docs/decisions.md.

    {{ relation_of('delivered_files') }}
#}
{% macro relation_of(name) -%}
    {%- set node = graph.nodes['model.gnuper.' ~ name] -%}
    {{ return(api.Relation.create(schema=node.schema, identifier=node.alias)) }}
{%- endmacro %}
