{# one row per row of the CDR files, of the first kind if there are several #}

{{
    config(
        materialized='raw_files',
        pre_hook="{{ check_times() }}",
        post_hook="{{ check_cdr_columns(this, ref('cdr_lines'), 1) }}",
    )
}}

{{ raw_records(1) }}
