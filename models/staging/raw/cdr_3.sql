{# one row per row of the CDR files of the third kind #}

{{
    config(
        enabled=raw_kinds() | length >= 3,
        materialized='raw_files',
        post_hook="{{ check_cdr_columns(this, ref('cdr_lines'), 3) }}",
    )
}}

{{ raw_records(3) }}
