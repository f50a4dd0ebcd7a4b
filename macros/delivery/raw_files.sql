{#
    A table over raw files, which Spark reads where they are; nothing is copied or loaded. The model's
    code is what follows `create table <name>`: columns, format and options.

    It is defined anew by every run, not only refreshed: path, pattern and layout may have changed.
#}
{% materialization raw_files, adapter='spark' -%}
    {%- do run_query('create schema if not exists ' ~ this.include(identifier=false)) -%}
    {{ run_hooks(pre_hooks) }}
    {%- do run_query('drop table if exists ' ~ this) -%}
    {%- call statement('main') -%}
        create table {{ this }}
        {{ sql }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this]}) }}
{%- endmaterialization %}
