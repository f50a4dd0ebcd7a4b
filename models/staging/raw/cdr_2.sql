{# one row per row of the CDR files of the second kind #}

{{
    config(
        enabled=raw_kinds() | length >= 2,
        materialized='raw_files',
        post_hook="{{ check_cdr_columns(this, ref('cdr_lines'), 2) }}",
    )
}}

{{ raw_records(2) }}
