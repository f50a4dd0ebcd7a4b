{#
    Builds a model, unless `find_unchanged` has found that its level is still what it would build.

    {{ return(unless_unchanged(dbt.materialization_table_spark)) }}
#}
{% macro unless_unchanged(build) -%}
    {{ return(leave() if is_unchanged() else build()) }}
{%- endmacro %}


{# Whether a model is still what it would build. #}
{% macro is_unchanged() -%}
    {{ return(model.package_name == 'gnuper' and plugin().is_unchanged(model.fqn[1])) }}
{%- endmacro %}


{# Leaves a model as it is; what its materialization returns. #}
{% macro leave() -%}
    {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
    {{ return({'relations': [this]}) }}
{%- endmacro %}


{# Gives a table that dbt-spark makes without properties, or does not make anew, those of its build. #}
{% macro _note_build() -%}
    {%- do run_query(
        'alter table ' ~ this ~ " set tblproperties ('gnuper.build' = " ~ text_literal(build_of_table(model)) ~ ')'
    ) -%}
{%- endmacro %}


{% materialization table, adapter='spark', supported_languages=['sql', 'python'] -%}
    {%- if model.language == 'sql' -%}{{ return(unless_unchanged(dbt.materialization_table_spark)) }}{%- endif -%}
    {#- dbt runs Python only where the materialization itself calls `statement` -#}
    {%- if is_unchanged() -%}{{ return(leave()) }}{%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- set former = load_relation(this) -%}
    {%- if former is not none -%}{%- do adapter.drop_relation(former) -%}{%- endif -%}
    {%- call statement('main', language='python') -%}
        {{ create_table_as(False, this, compiled_code, 'python') }}
    {%- endcall -%}
    {%- do _note_build() -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{%- endmaterialization %}


{% materialization incremental, adapter='spark', supported_languages=['sql'] -%}
    {%- set built = unless_unchanged(dbt.materialization_incremental_spark) -%}
    {%- if not is_unchanged() -%}{%- do _note_build() -%}{%- endif -%}
    {{ return(built) }}
{%- endmaterialization %}


{% materialization view, adapter='spark' -%}
    {{ return(unless_unchanged(dbt.materialization_view_spark)) }}
{%- endmaterialization %}
