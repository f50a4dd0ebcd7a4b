{# one row: the run that made this release #}

select
    release_id,
    first_day,
    last_day,
    files,
    {{ rounded_rows('accepted_rows') }} as accepted_rows,
    parameters,
    -- noqa: disable=TMP
    {{ text_literal(dbt_version) }} as dbt_version,
    split_part(version(), ' ', 1) as spark_version,
    cast({{ text_literal(run_started_at.strftime('%Y-%m-%dT%H:%M:%SZ')) }} as timestamp)
        as started_at
from {{ ref('release_period') }}
