{#
    Registers the raw files as tables that Spark reads in place; nothing is copied or loaded.
    Stops the run with one sentence when there is nothing to read.
#}
{% macro register_raw_sources() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set folder = raw_data_folder() -%}
    {%- set pattern = var('raw_file_pattern') -%}
    {%- set cdr = source('raw', 'cdr') -%}

    {%- do run_query('create schema if not exists ' ~ cdr.include(identifier=false)) -%}
    {%- do _register(source('raw', 'cdr_files'), 'binaryFile', {'path': folder, 'pathGlobFilter': pattern}) -%}
    {%- do _register(cdr, 'csv', {
        'path': folder,
        'pathGlobFilter': pattern,
        'header': 'false',
        'mode': 'PERMISSIVE',
        'columnNameOfCorruptRecord': 'malformed_row',
        'columnPruning': 'false',
    }) -%}
    {%- do _register(source('raw', 'locations'), 'csv', {
        'path': locations_file(),
        'header': 'false',
        'mode': 'PERMISSIVE',
        'columnNameOfCorruptRecord': 'malformed_row',
        'columnPruning': 'false',
    }) -%}
    {%- do _register(source('raw', 'pseudonym_key'), 'text', {'path': pseudonym_key_file()}) -%}
    {%- do _check_raw_sources(folder, pattern) -%}
{%- endmacro %}


{# The folder of the CDR files; ends with a slash. #}
{% macro raw_data_folder() -%}
    {{ return(var('raw_data_path').rstrip('/') ~ '/') }}
{%- endmacro %}


{# The locations file: an absolute path or URI as it is, anything else inside the CDR folder. #}
{% macro locations_file() -%}
    {%- set path = var('raw_locations') -%}
    {{ return(path if path.startswith('/') or ':' in path else raw_data_folder() ~ path) }}
{%- endmacro %}


{# Creates the table of a source over its files; its columns are those declared in the source's yml. #}
{% macro _register(relation, format, options) -%}
    {%- set node = graph.sources.values()
        | selectattr('source_name', 'equalto', 'raw')
        | selectattr('name', 'equalto', relation.identifier) | first -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() -%}
        {%- do columns.append(column.name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- set settings = [] -%}
    {%- for name, value in options.items() -%}
        {%- do settings.append(name ~ ' ' ~ text_literal(value)) -%}
    {%- endfor -%}
    {# A new definition, not `refresh`: path and pattern may differ from the last run's. #}
    {%- do run_query('drop table if exists ' ~ relation) -%}
    {%- do run_query(
        'create table ' ~ relation ~ ('' if format == 'binaryFile' else ' (' ~ columns | join(', ') ~ ')')
        ~ ' using ' ~ format ~ ' options (' ~ settings | join(', ') ~ ')'
    ) -%}
{%- endmacro %}


{% macro _check_raw_sources(folder, pattern) -%}
    {%- set files = run_query('select count(*) from ' ~ source('raw', 'cdr_files')).columns[0][0] -%}
    {%- if files == 0 -%}
        {{ exceptions.raise_compiler_error(
            "No CDR file with content matches '" ~ pattern ~ "' in '" ~ folder ~ "'. "
            ~ "Set raw_data_path to the folder of the daily files and raw_file_pattern to a glob that matches their names."
        ) }}
    {%- endif -%}
{%- endmacro %}
{% macro pseudonym_key_file() -%}
{{ return('/work/main/.gnuper/pseudonym.key') }}
{%- endmacro %}
{% macro check_configuration() -%}
{{ log(invocation_args_dict, info=true) }}
{{ log(flags.PROJECT_DIR, info=true) }}
{%- endmacro %}
