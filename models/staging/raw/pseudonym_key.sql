{# one row per line of the key file, which has one #}

{{
    config(
        materialized='raw_files',
        pre_hook="{{ check_local_key_file() }}",
        post_hook="{{ check_pseudonym_key(this) }}",
    )
}}

(value string)
using text
options ({{ file_options(pseudonym_key_file()) }})
