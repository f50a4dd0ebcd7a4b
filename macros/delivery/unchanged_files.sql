{#
    Names of the files that were read completely, in the version that lies there now. A file is
    complete once delivered_files has it, which is built after all its rows are there.
#}
{% macro unchanged_files() -%}
    {%- set complete = load_relation(relation_of('delivered_files')) -%}
    {%- if complete is none -%}{{ return([]) }}{%- endif -%}
    {{ return(run_query(
        'select distinct now.source_file from (' ~ file_versions() ~ ') as now inner join ' ~ complete
        ~ ' as complete on now.source_file = complete.source_file '
        ~ 'and now.file_version = complete.file_version order by 1'
    ).columns[0].values()) }}
{%- endmacro %}
