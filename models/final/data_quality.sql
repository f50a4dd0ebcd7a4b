{# one row per day of the delivery, and one for the files without a readable time #}

{# not before the check for overlapping releases #}
-- depends_on: {{ ref('release_period') }}

select
    day,
    files,
    delivered_rows,
    accepted_rows,
    malformed_row,
    missing_id,
    bad_timestamp,
    unknown_direction,
    unknown_interaction,
    unknown_national,
    bad_duration,
    unknown_cell
from {{ ref('delivery_days') }}
