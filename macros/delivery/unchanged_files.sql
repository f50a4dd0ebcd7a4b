{#
    Names of the files of which the current version was read completely. A file is complete once
    delivered_files has it, because that table is built after all rows of the file are there.
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
