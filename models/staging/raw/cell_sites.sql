{# one row per row of the locations file #}

{{
    config(
        materialized='raw_files',
        pre_hook="{{ check_local_locations_file() }}",
        post_hook="{{ check_cell_sites(this) }}",
    )
}}

{%- set locations = raw_layout().locations -%}

({{ text_columns(locations.columns + ['malformed_row']) }})
using csv
options ({{ file_options(locations_file(), dict(csv_options(locations), enforceSchema='false')) }})
