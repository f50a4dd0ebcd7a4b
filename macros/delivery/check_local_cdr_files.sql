{#
    Pre-hook of cdr_folder: checks the CDR files before Spark reads them, and stops the run or warns. Only
    for files on this machine.
#}
{% macro check_local_cdr_files() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set folder = raw_data_folder() -%}
    {%- set pattern = file_patterns() -%}
    {%- set files = adapter.local_files(folder, *(raw_kinds() | map(attribute='pattern') | list)) -%}
    {%- if files is none -%}{{ return('') }}{%- endif -%}
    {%- if files | length == 0 -%}{%- do no_cdr_files(folder, pattern) -%}{%- endif -%}
    {%- for file in files if adapter.is_same_file(folder ~ file.name, locations_file()) -%}
        {{ exceptions.raise_compiler_error(
            "The pattern '" ~ pattern ~ "' of the CDR files matches the locations file '" ~ locations_file() ~ "' too, which "
            ~ 'contains no CDRs. Set raw_file_pattern to a glob that matches only the CDR files.'
        ) }}
    {%- endfor -%}
    {%- if file_names_are_ids() -%}
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
            "Suspicious files in '" ~ folder ~ "' (their rows will be rejected or left out): "
            ~ _names_with(doubtful, 'doubt') ~ '.'
        ) -%}
    {%- endif -%}
    {%- do _check_empty_files(files, folder, pattern) -%}
    {%- if raw_layout().format == 'parquet' -%}
        {%- for kind in raw_kinds() -%}
            {%- set problem = adapter.parquet_problem(folder, kind.pattern, kind, file_names_are_ids()) -%}
            {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{# Stops the run when all files are empty; warns when some are. #}
{% macro _check_empty_files(files, folder, pattern) -%}
    {%- set empty = files | selectattr('size', 'equalto', 0) | map(attribute='name') | list -%}
    {%- if empty | length == files | length -%}
        {{ exceptions.raise_compiler_error(
            "All " ~ files | length ~ " files that match '" ~ pattern ~ "' in '" ~ folder ~ "' are empty, "
            ~ "from '" ~ files[0].name ~ "' on. Deliver them again."
        ) }}
    {%- elif empty -%}
        {%- do exceptions.warn(
            'Empty CDR files, which add no rows: ' ~ empty | join(', ') ~ " in '" ~ folder
            ~ "'. If these days had traffic, deliver the files again."
        ) -%}
    {%- endif -%}
{%- endmacro %}


{# The first five files, each with its problem or doubt. #}
{% macro _names_with(files, key) -%}
    {%- set sentences = [] -%}
    {%- for file in files[:5] -%}{%- do sentences.append("'" ~ file.name ~ "' " ~ file[key]) -%}{%- endfor -%}
    {{ return(sentences | join(', ') ~ (' and ' ~ (files | length - 5) ~ ' more' if files | length > 5 else '')) }}
{%- endmacro %}
