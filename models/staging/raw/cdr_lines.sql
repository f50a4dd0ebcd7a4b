{# one row per line of the CDR files #}

{{ config(materialized='raw_files') }}

{#- not before the files were looked at -#}
{%- do ref('cdr_folder') -%}

(value string)
using text
options ({{ cdr_files_options() }})
