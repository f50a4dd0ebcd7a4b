{#
    Query of the CDR files that this run reads, one row per file: `source_file` and `file_version`, 16
    hexadecimal digits that change when the file changes, and when anything does that decides how its
    rows are read: layout, formats, first and last day, key and cells.
#}
{% macro file_versions() -%}
    select
        cdr_files.source_file,
        left(sha2(concat_ws(
            '|', cdr_files.file_size, cdr_files.modified_at,
            {{ text_literal(_reading()) }},
            -- the key, by what it makes of a word
            {{ pseudonym("'gnuper'") }},
            (
                select sum(cast(xxhash64(cells.cell_id, cells.antenna_id) as decimal(38)))
                from {{ ref('cells') }} as cells
                where cells.is_serving_antenna
            )
        ), 256), 16) as file_version
    from {{ source('raw', 'cdr_files') }} as cdr_files
{%- endmacro %}


{#
    What decides how rows are read, besides the files, the key and the cells. `edition` counts the
    changes of the models of level 0 that change their rows.
#}
{% macro _reading() -%}
    {%- set edition = 4 -%}
    {{ return(tojson([
        edition, raw_layout(), timestamp_patterns(), var('call_unit'), var('period_begin') | string,
        var('period_end') | string, var('exact_duplicates'),
    ], sort_keys=true)) }}
{%- endmacro %}


{#
    Condition, for a query of raw rows: their file has not been read before as it is now. Empty when
    everything is to be read, and when the query is only looked at, not run.
#}
{% macro and_file_is_new(table) -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'retry') and is_incremental() -%}
        {%- set unchanged = _unchanged_files() -%}
        {%- if unchanged %}
        and not {{ source_file(table) }} in ({{ literal_list(unchanged, as_type='text') }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#
    Names of the files that were read completely, in the version that lies there now. A file is
    complete once delivered_files has it, which is built after all its rows are there.
#}
{% macro _unchanged_files() -%}
    {%- set complete = load_relation(this.incorporate(path={'identifier': 'delivered_files'})) -%}
    {%- if complete is none -%}{{ return([]) }}{%- endif -%}
    {{ return(run_query(
        'select distinct now.source_file from (' ~ file_versions() ~ ') as now inner join ' ~ complete
        ~ ' as complete on now.source_file = complete.source_file '
        ~ 'and now.file_version = complete.file_version order by 1'
    ).columns[0].values()) }}
{%- endmacro %}


{#
    Pre-hook of delivered_rows: drops the rows of files that have changed, were withdrawn, or were not
    read to their end. Their entry in delivered_files goes first: a run that ends in between leaves
    files that are to be read again, never files that seem complete.
#}
{% macro forget_stale_files() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- if not is_incremental() -%}
        {#- all files are read: none is complete before that -#}
        {%- set complete = load_relation(this.incorporate(path={'identifier': 'delivered_files'})) -%}
        {%- if complete is not none -%}{%- do adapter.drop_relation(complete) -%}{%- endif -%}
        {{ return('') }}
    {%- endif -%}
    {%- set unchanged = _unchanged_files() -%}
    {%- for name in ['delivered_files', this.identifier] -%}
        {%- set relation = load_relation(this.incorporate(path={'identifier': name})) -%}
        {%- if relation is not none -%}
            {%- for file in partition_values(relation, 'source_file') if file not in unchanged -%}
                {%- do drop_partition(relation, 'source_file = ' ~ text_literal(file)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#
    Post-hook of delivered_rows: stops the run when a file changed while it was read, for then nobody
    knows which of its states the rows are of. The next run reads it again.
#}
{% macro check_that_no_file_changed() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- do run_query('refresh table ' ~ source('raw', 'cdr_folder')) -%}
    {%- set changed = run_query(
        'select listed.source_file from ' ~ source('raw', 'cdr_files') ~ ' as listed left anti join ('
        ~ files_in_folder() ~ ') as now on listed.source_file = now.source_file '
        ~ 'and listed.file_size = now.file_size and listed.modified_at = now.modified_at order by 1'
    ).columns[0].values() -%}
    {%- if changed -%}
        {{ exceptions.raise_compiler_error(
            "The file '" ~ changed[0] ~ "' changed while it was read. Nothing was released. Run again when "
            ~ 'its delivery is complete.'
        ) }}
    {%- endif -%}
{%- endmacro %}


{#
    on-run-start: drops the tables that grow from run to run when their columns are not the ones that
    this version of the project writes. They are built anew from the files.
#}
{% macro drop_outdated_tables() -%}
    {%- if not execute or flags.WHICH not in ('run', 'build', 'retry') -%}{{ return('') }}{%- endif -%}
    {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        if node.config.materialized == 'incremental' and node.config.full_refresh is not false -%}
        {%- set relation = adapter.get_relation(database=none, schema=node.schema, identifier=node.alias) -%}
        {%- if relation is not none -%}
            {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
            {%- if columns | sort != node.columns.keys() | sort -%}
                {%- do adapter.drop_relation(relation) -%}
                {%- do exceptions.warn(
                    'The table ' ~ node.name ~ ' is of another version of this project and is built anew.'
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#
    on-run-start: removes what a run that was killed left where tables are to be built: files without
    a table, beside which Spark refuses to create one of Parquet. SQL cannot delete files, but a schema
    that is dropped takes its folder along.
#}
{% macro clear_unfinished_tables() -%}
    {%- if not execute or flags.WHICH not in ('run', 'build', 'retry', 'seed') -%}{{ return('') }}{%- endif -%}
    {%- set leftover = target.schema ~ '_leftover' -%}
    {%- set schemas = run_query('show schemas').columns[0].values() -%}
    {%- if leftover in schemas -%}{%- do run_query('drop schema ' ~ leftover) -%}{%- endif -%}
    {%- for schema in [target.schema, target.schema ~ '_restricted'] if schema in schemas -%}
        {%- set folder = run_query('describe schema ' ~ schema).rows
            | selectattr(0, 'equalto', 'Location') | map(attribute=1) | first -%}
        {%- set existing = run_query('show tables in ' ~ schema).columns['tableName'].values() -%}
        {%- set cdr_files = source('raw', 'cdr_files') -%}
        {%- set names = [cdr_files.identifier] if cdr_files.schema == schema else [] -%}
        {%- for node in graph.nodes.values() if node.unique_id in selected_resources and node.schema == schema
            and node.config.materialized in ('table', 'incremental', 'seed')
            and node.config.get('file_format') == 'parquet' -%}
            {%- do names.append(node.alias) -%}
        {%- endfor -%}
        {%- for name in names if name not in existing -%}
            {%- do run_query(
                'create schema ' ~ leftover ~ ' location ' ~ text_literal(folder ~ '/' ~ name)
            ) -%}
            {%- do run_query('drop schema ' ~ leftover) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
