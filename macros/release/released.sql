{#
    A released table, for queries of readers: the published one, not the one that a run is about to
    publish. With `schema` the table of another release. If there is no release, `dbt show` stops with a
    clear message. `dbt compile` and `dbt docs generate` need no release.

    select * from {{ released('final_features') }}
#}
{% macro released(name, schema=none) -%}
    {%- do ref(name) -%}
    {%- set place = schema or ref('current_release').schema -%}
    {%- if execute and flags.WHICH == 'show'
        and adapter.get_relation(database=none, schema=place, identifier=name) is none -%}
        {{ exceptions.raise_compiler_error(
            'There is no table ' ~ name ~ ' in the schema ' ~ place ~ ' of var earlier_release: name the schema of '
            ~ 'an earlier release.' if schema else
            'There is no release in the schema ' ~ place ~ ' yet: make one with `make run` or `dbt build`.'
        ) }}
    {%- endif -%}
    {{ return(api.Relation.create(schema=place, identifier=name)) }}
{%- endmacro %}
