{#
    Registers the raw files as tables that Spark reads in place; nothing is copied or loaded.
    Stops the run with one sentence when there is nothing to read. `dbt compile` and `dbt docs generate`,
    which render this too, read nothing: they need neither the files nor the key.
#}
{% macro register_raw_sources() -%}
    {%- if not execute or flags.WHICH in ('compile', 'generate') -%}{{ return('') }}{%- endif -%}
    {%- set folder = raw_data_folder() -%}
    {%- set pattern = var('raw_file_pattern') -%}
    {%- set cdr = source('raw', 'cdr') -%}
    {%- do _check_local_files(folder, pattern) -%}

    {%- do run_query('create schema if not exists ' ~ cdr.include(identifier=false)) -%}
    {%- set layout = raw_layout() -%}
    {%- set files = {'path': _literal_path(folder), 'pathGlobFilter': pattern} -%}
    {%- do _register(source('raw', 'cdr_folder'), 'binaryFile', files) -%}
    {%- if layout.format == 'csv' -%}
        {%- do _register(cdr, 'csv', dict(files, **_csv_options(layout)), layout.columns + ['malformed_row']) -%}
    {%- else -%}
        {%- do _register(cdr, 'parquet', files) -%}
    {%- endif -%}
    {%- do _register(source('raw', 'cdr_lines'), 'text', files, ['value']) -%}
    {%- do _register(
        source('raw', 'locations'), 'csv', dict(_csv_options(layout.locations), path=_literal_path(locations_file()), enforceSchema='false'),
        layout.locations.columns + ['malformed_row'],
    ) -%}
    {%- do _register(source('raw', 'pseudonym_key'), 'text', {'path': _literal_path(pseudonym_key_file())}, ['value']) -%}
    {%- do _list_files() -%}
    {%- do _check_raw_sources(folder, pattern) -%}
{%- endmacro %}


{#
    Writes down which files lie in the folder now: this run reads them and no others. Files that arrive
    meanwhile have not been checked, and are for the next run. Tests look at what the last run read.
#}
{% macro _list_files() -%}
    {%- set files = source('raw', 'cdr_files') -%}
    {%- if flags.WHICH in ('run', 'build', 'retry') or load_relation(files) is none -%}
        {%- do run_query('drop table if exists ' ~ files) -%}
        {%- do run_query('create table ' ~ files ~ ' using parquet as ' ~ files_in_folder()) -%}
    {%- endif -%}
{%- endmacro %}


{# Query of the CDR files as they lie in the folder now, one row per file that has content. #}
{% macro files_in_folder() -%}
    select
        {{ source_file('cdr_folder') }} as source_file,
        cdr_folder._metadata.file_size as file_size,
        cdr_folder._metadata.file_modification_time as modified_at
    from {{ source('raw', 'cdr_folder') }} as cdr_folder
{%- endmacro %}


{# The folder of the CDR files; ends with a slash. #}
{% macro raw_data_folder() -%}
    {{ return(absolute_path(var('raw_data_path')).rstrip('/') ~ '/') }}
{%- endmacro %}


{# The locations file: an absolute path or URI as it is, anything else inside the CDR folder. #}
{% macro locations_file() -%}
    {%- set path = var('raw_locations') -%}
    {{ return(path if path.startswith('/') or ':/' in path else raw_data_folder() ~ path) }}
{%- endmacro %}


{# The key file of the pseudonyms. #}
{% macro pseudonym_key_file() -%}
    {{ return(absolute_path(var('pseudonym_key_file'))) }}
{%- endmacro %}


{# A path as Spark must get it: relative ones start at the project's folder; URIs stay. #}
{% macro absolute_path(path) -%}
    {{ return(path if path.startswith('/') or ':/' in path else invocation_args_dict.project_dir ~ '/' ~ path) }}
{%- endmacro %}


{# A path as it is: without this Spark would take [x], {x}, * and ? in it for patterns. #}
{% macro _literal_path(path) -%}
    {{ return(modules.re.sub('([][{}*?\\\\])', '\\\\\\1', path)) }}
{%- endmacro %}


{# Options of Spark's CSV reader for a layout, or for the locations of one. #}
{% macro _csv_options(layout) -%}
    {{ return({
        'sep': layout.delimiter,
        'quote': layout.quote,
        'escape': layout.escape,
        'encoding': layout.encoding,
        'header': layout.header | string | lower,
        'mode': 'PERMISSIVE',
        'columnNameOfCorruptRecord': 'malformed_row',
        'columnPruning': 'false',
        'maxColumns': '1000000',
    }) }}
{%- endmacro %}


{#
    Creates the table of a source over its files. The columns are all text, so that no row is lost to
    a type; without columns the files themselves say what they are.
#}
{% macro _register(relation, format, options, columns=[]) -%}
    {%- set definitions = [] -%}
    {%- for column in columns -%}
        {%- do definitions.append(quoted_name(column) ~ ' string') -%}
    {%- endfor -%}
    {%- set settings = [] -%}
    {%- for name, value in options.items() -%}
        {%- do settings.append(name ~ ' ' ~ text_literal(value)) -%}
    {%- endfor -%}
    {# A new definition, not `refresh`: path and pattern may differ from the last run's. #}
    {%- do run_query('drop table if exists ' ~ relation) -%}
    {%- do run_query(
        'create table ' ~ relation ~ (' (' ~ definitions | join(', ') ~ ')' if definitions else '')
        ~ ' using ' ~ format ~ ' options (' ~ settings | join(', ') ~ ')'
    ) -%}
{%- endmacro %}


{# What can be said of the files before Spark is asked, if they lie on this machine. #}
{% macro _check_local_files(folder, pattern) -%}
    {%- set files = adapter.local_files(folder, pattern) -%}
    {%- set locations = locations_file() -%}
    {%- set is_among_them = [] -%}
    {%- if files is not none -%}
        {%- if files | length == 0 -%}{%- do _no_cdr_files(folder, pattern) -%}{%- endif -%}
        {%- for file in files if adapter.is_same_file(folder ~ file.name, locations) -%}
            {%- do is_among_them.append(true) -%}
        {%- endfor -%}
        {%- if _file_names_are_ids() -%}
            {%- for file in files -%}{%- do file.update({'name': 'number ' ~ loop.index ~ ' by name'}) -%}{%- endfor -%}
        {%- endif -%}
        {%- set unreadable = files | selectattr('problem') | list -%}
        {%- if unreadable -%}
            {{ exceptions.raise_compiler_error(
                unreadable | length ~ ' of the ' ~ files | length ~ " files that match '" ~ pattern ~ "' in '"
                ~ folder ~ "' cannot be read: " ~ _names_with(unreadable, 'problem')
                ~ '. Deliver them again, take them out of the folder, or change raw_file_pattern.'
            ) }}
        {%- endif -%}
        {%- set doubtful = files | selectattr('doubt') | list -%}
        {%- if doubtful -%}
            {%- do exceptions.warn(
                'Files whose rows cannot be right: ' ~ _names_with(doubtful, 'doubt') ~ " in '" ~ folder ~ "'."
            ) -%}
        {%- endif -%}
        {%- set empty = files | selectattr('size', 'equalto', 0) | map(attribute='name') | list -%}
        {%- if empty | length == files | length -%}
            {{ exceptions.raise_compiler_error(
                "All " ~ files | length ~ " files that match '" ~ pattern ~ "' in '" ~ folder ~ "' are empty, "
                ~ "from '" ~ files[0].name ~ "' on. Deliver them again."
            ) }}
        {%- elif empty -%}
            {%- do exceptions.warn(
                'Empty CDR files, which add nothing: ' ~ empty | join(', ') ~ " in '" ~ folder
                ~ "'. If these days had traffic, deliver the files again."
            ) -%}
        {%- endif -%}
        {%- if raw_layout().format == 'parquet' -%}
            {%- set problem = adapter.parquet_problem(folder, pattern, raw_layout()) -%}
            {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {%- set problem = adapter.local_file_problem(locations) -%}
    {%- if problem -%}{%- do _no_locations(locations, problem) -%}{%- endif -%}
    {%- if is_among_them -%}
        {{ exceptions.raise_compiler_error(
            "raw_file_pattern '" ~ pattern ~ "' matches the locations file '" ~ locations ~ "' too, whose rows are "
            ~ 'no CDRs. Set it to a glob that matches the CDR files alone.'
        ) }}
    {%- endif -%}
    {%- if adapter.lacks_header(locations, raw_layout().locations) -%}
        {{ exceptions.raise_compiler_error(
            "The locations file '" ~ locations ~ "' does not begin with the header of the layout: "
            ~ raw_layout().locations.columns | join(raw_layout().locations.delimiter)
            ~ '. Deliver it again, or describe it under locations of var layout.'
        ) }}
    {%- endif -%}
    {%- set problem = adapter.pseudonym_key_problem(pseudonym_key_file()) -%}
    {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
{%- endmacro %}


{# Whether files are called by customers' ids, which no message may say. #}
{% macro _file_names_are_ids() -%}
    {{ return('file_name' in raw_layout().fields.values()) }}
{%- endmacro %}


{# The first five files with what is said of each. #}
{% macro _names_with(files, key) -%}
    {%- set sentences = [] -%}
    {%- for file in files[:5] -%}{%- do sentences.append("'" ~ file.name ~ "' " ~ file[key]) -%}{%- endfor -%}
    {{ return(sentences | join(', ') ~ (' and ' ~ (files | length - 5) ~ ' more' if files | length > 5 else '')) }}
{%- endmacro %}


{#
    Stops the run when a CSV file does not begin with the header of the layout: its columns may have
    another order. Spark's own check would quote the line, which may be a customer's.
#}
{% macro _check_headers(folder, pattern) -%}
    {%- set layout = raw_layout() -%}
    {%- set names = adapter.files_without_header(folder, pattern, layout) -%}
    {%- if names is none -%}
        {%- set names = run_query(
            'select ' ~ _file_name('cdr_lines') ~ ' from ' ~ source('raw', 'cdr_lines') ~ ' as cdr_lines '
            ~ 'group by cdr_lines._metadata.file_name having count_if(lower(replace(value, ' ~ text_literal(layout.quote) ~ ", '')) = lower("
            ~ text_literal(layout.columns | join(layout.delimiter)) ~ ')) = 0 order by 1'
        ).columns[0].values() -%}
    {%- endif -%}
    {%- if names -%}
        {{ exceptions.raise_compiler_error(
            ('A file' if _file_names_are_ids() else "The file '" ~ names[0] ~ "'") ~ (' and ' ~ (names | length - 1) ~ ' more do' if names | length > 1 else ' does')
            ~ ' not begin with the header of the layout: ' ~ layout.columns | join(layout.delimiter)
            ~ '. Deliver again, or describe the files in var layout.'
        ) }}
    {%- endif -%}
{%- endmacro %}


{# Stops the run when Spark does not know a pattern of times or a time zone. #}
{% macro _check_times() -%}
    {%- for pattern in timestamp_patterns() if pattern != 'yyyy-MM-dd HH:mm:ss'
        and adapter.spark_refuses("select try_to_timestamp('', " ~ text_literal(pattern) ~ ')') -%}
        {{ exceptions.raise_compiler_error(
            "Spark cannot read times by the timestamp_format '" ~ pattern ~ "'. Its letters are described at "
            ~ 'https://spark.apache.org/docs/latest/sql-ref-datetime-pattern.html.'
        ) }}
    {%- endfor -%}
    {%- for name in ['data_timezone', 'local_timezone'] if raw_layout()[name] is not none
        and adapter.spark_refuses(
            "select convert_timezone('UTC', " ~ text_literal(raw_layout()[name]) ~ ", timestamp_ntz '2024-01-01 00:00:00')"
        ) -%}
        {{ exceptions.raise_compiler_error(
            "Spark's Java does not know the " ~ name ~ " '" ~ raw_layout()[name] ~ "' of the layout. Use another name "
            ~ 'of the same zone, such as Africa/Khartoum.'
        ) }}
    {%- endfor -%}
{%- endmacro %}


{# What Spark can say of the files, wherever they lie. #}
{% macro _check_raw_sources(folder, pattern) -%}
    {%- set zone = run_query('select current_timezone()').columns[0][0] -%}
    {%- if zone != 'UTC' -%}
        {{ exceptions.raise_compiler_error(
            "Spark's sessions are in the time zone " ~ zone ~ ', in which local times can vanish. Set '
            ~ 'spark.sql.session.timeZone to UTC on the server.'
        ) }}
    {%- endif -%}
    {%- do _check_times() -%}
    {%- set files = run_query('select count(*) from ' ~ source('raw', 'cdr_files')).columns[0][0] -%}
    {%- if files == 0 -%}{%- do _no_cdr_files(folder, pattern) -%}{%- endif -%}
    {%- if raw_layout().format == 'csv' and raw_layout().header -%}{%- do _check_headers(folder, pattern) -%}{%- endif -%}
    {%- if raw_layout().format == 'parquet' -%}{%- do _check_parquet_columns() -%}{%- endif -%}

    {%- set columns = raw_layout().locations.columns -%}
    {%- set cells = run_query(
        'select count(*), count_if(malformed_row is null), '
        ~ 'count_if(try_cast(' ~ location_field('longitude') ~ ' as double) between -180 and 180 '
        ~ 'and try_cast(' ~ location_field('latitude') ~ ' as double) between -90 and 90 '
        ~ 'and ' ~ location_field('antenna_id') ~ ' is not null '
        ~ 'and ' ~ location_field('cell_id') ~ ' is not null) from ' ~ source('raw', 'locations')
    ).rows[0] -%}
    {%- if cells[0] == 0 -%}{%- do _no_locations(locations_file()) -%}{%- endif -%}
    {%- if cells[1] == 0 or cells[2] == 0 -%}
        {{ exceptions.raise_compiler_error(
            "None of the " ~ cells[0] ~ " rows of the locations file '" ~ locations_file() ~ "' "
            ~ ('has exactly ' ~ {3: 'three', 4: 'four'}.get(columns | length, columns | length) ~ ' columns'
                if cells[1] == 0 else 'has ids and possible coordinates')
            ~ '. It must have ' ~ ('a' if raw_layout().locations.header else 'no') ~ ' header and the columns '
            ~ columns | join(', ') ~ ' (decimal degrees), by var layout.'
        ) }}
    {%- elif cells[2] < cells[0] -%}
        {%- do exceptions.warn(
            (cells[0] - cells[2]) ~ ' of the ' ~ cells[0] ~ " rows of the locations file '" ~ locations_file()
            ~ "' are left out: they have not exactly the columns " ~ columns | join(', ')
            ~ ', or impossible coordinates (longitude -180 to 180, latitude -90 to 90).'
        ) -%}
    {%- endif -%}

    {%- set key = run_query(
        "select count(*), count_if(value rlike '^[0-9a-fA-F]{32,}$') from "
        ~ source('raw', 'pseudonym_key')
    ).rows[0] -%}
    {%- if key[0] != 1 or key[1] != 1 -%}
        {{ exceptions.raise_compiler_error(
            "The key file '" ~ pseudonym_key_file() ~ "' has " ~ key[0] ~ ' lines. It must be one line '
            ~ 'of 64 hexadecimal digits (256 bits; at least 128).'
        ) }}
    {%- endif -%}
{%- endmacro %}


{% macro _no_cdr_files(folder, pattern) -%}
    {{ exceptions.raise_compiler_error(
        "No CDR file matches '" ~ pattern ~ "' in '" ~ folder ~ "'. Set raw_data_path to the folder "
        ~ 'of the daily files and raw_file_pattern to a glob that matches their names.'
    ) }}
{%- endmacro %}


{% macro _no_locations(path, problem='is empty') -%}
    {{ exceptions.raise_compiler_error(
        "The locations file '" ~ path ~ "' " ~ problem ~ '. Set raw_locations to a file in raw_data_path or to '
        ~ 'an absolute path; its columns are ' ~ raw_layout().locations.columns | join(', ') ~ ', by var layout.'
    ) }}
{%- endmacro %}


{# Stops the run when the Parquet files lack a column of the layout. #}
{% macro _check_parquet_columns() -%}
    {%- set columns = adapter.get_columns_in_relation(source('raw', 'cdr')) | map(attribute='name') | list -%}
    {%- set known = columns | map('lower') | list + ['file_name'] -%}
    {%- for name, column in raw_layout().fields.items() if column is not none and column | lower not in known -%}
        {{ exceptions.raise_compiler_error(
            'The Parquet files have no column ' ~ column ~ ', from which the layout takes ' ~ name ~ '. Their columns '
            ~ 'are: ' ~ columns | join(', ') ~ '. Set fields of var layout accordingly.'
        ) }}
    {%- endfor -%}
{%- endmacro %}
