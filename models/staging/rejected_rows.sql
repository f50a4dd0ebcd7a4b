{# one row per row of the CDR files that was not accepted #}

{# a selection of partitions of delivered_rows #}
{{ config(materialized='view') }}

select
    source_file,
    outcome as reason,
    rejected_value
from {{ ref('delivered_rows') }}
where outcome != 'accepted'
