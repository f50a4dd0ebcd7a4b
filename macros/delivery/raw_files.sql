{#
    A table over raw files. Spark reads the files where they are; nothing is copied or loaded. The model's
    code is the part after `create table <name>`: columns, format and options.

    A run drops and defines the table anew, because path, pattern and layout may have changed.
#}
{% materialization raw_files, adapter='spark' -%}
    {%- if is_unchanged() -%}{{ return(leave()) }}{%- endif -%}
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
