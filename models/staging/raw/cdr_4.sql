{# one row per row of the CDR files of the fourth kind #}

{{
    config(
        enabled=raw_kinds() | length >= 4,
        materialized='raw_files',
        post_hook="{{ check_cdr_columns(this, ref('cdr_lines'), 4) }}",
    )
}}

{{ raw_records(4) }}
