{# one row per line of the CDR files #}

{{ config(materialized='raw_files') }}

{#- only after the files were checked -#}
{%- do ref('cdr_folder') -%}

(value string)
using text
options ({{ cdr_files_options(raw_kinds()) }})
