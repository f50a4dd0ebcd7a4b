{# one row per row of the CDR files #}

{{
    config(
        materialized='raw_files',
        pre_hook="{{ check_times() }}",
        post_hook="{{ check_cdr_columns(this, ref('cdr_lines')) }}",
    )
}}

{%- set layout = raw_layout() -%}

{%- if layout.format == 'csv' -%}
{#- all columns are text, so that no row is lost because of a type -#}
({{ text_columns(layout.columns + ['malformed_row']) }})
using csv
options ({{ cdr_files_options(csv_options(layout)) }})
{%- else -%}
using parquet
options ({{ cdr_files_options() }})
{%- endif %}
