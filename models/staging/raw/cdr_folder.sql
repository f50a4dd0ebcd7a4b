{# one row per CDR file with content, as the files lie in the folder now #}

{{
    config(
        materialized='raw_files',
        pre_hook="{{ check_local_cdr_files() }}",
    )
}}

using binaryFile
options ({{ cdr_files_options(raw_kinds()) }})
