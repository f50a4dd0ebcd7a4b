{#
    Pre-hook of delivered_rows: drops the rows of files that have changed, were withdrawn, or were not
    read to their end. It drops their entry in delivered_files first. If the run ends in between, these
    files are read again; they never seem complete.
#}
{% macro forget_stale_files() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- do _check_that_files_are_listed() -%}
    {%- if not is_incremental() -%}
        {#- all files are read again, so none counts as complete before -#}
        {%- set complete = load_relation(relation_of('delivered_files')) -%}
        {%- if complete is not none -%}{%- do adapter.drop_relation(complete) -%}{%- endif -%}
        {{ return('') }}
    {%- endif -%}
    {%- set unchanged = unchanged_files() -%}
    {%- for table in [relation_of('delivered_files'), this] -%}
        {%- set relation = load_relation(table) -%}
        {%- if relation is not none -%}
            {%- for file in partition_values(relation, 'source_file') if file not in unchanged -%}
                {%- do drop_partition(relation, 'source_file = ' ~ text_literal(file)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# Stops the run when the raw tables were defined with other vars. #}
{% macro _check_that_files_are_listed() -%}
    {%- set definitions = run_query('select distinct definition from ' ~ ref('cdr_files')).columns[0].values() -%}
    {%- if definitions | list != [raw_definition()] -%}
        {{ exceptions.raise_compiler_error(
            'The raw tables were made with values of raw_data_path, raw_file_pattern, raw_locations, '
            ~ 'pseudonym_key_file or layout that differ from those of this run. Select the raw tables too: '
            ~ '`dbt build -s staging`, or all models.'
        ) }}
    {%- endif -%}
{%- endmacro %}
