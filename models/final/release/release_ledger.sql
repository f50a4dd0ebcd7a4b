{# one row per release #}

{# it remembers what other runs released: only ever added to; for the publisher, not for readers #}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
    )
}}

{# not before it is published #}
-- depends_on: {{ ref('current_release') }}

with contents as (

    {{ release_contents() }}

)

select
    release_period.release_id,
    contents.contents_hash,
    release_period.parameters,
    release_period.files,
    release_period.accepted_rows,
    release_period.first_day,
    release_period.last_day,
    -- noqa: disable=TMP
    cast({{ text_literal(run_started_at.strftime('%Y-%m-%dT%H:%M:%SZ')) }} as timestamp)
        as released_at
from {{ ref('release_period') }} as release_period
cross join contents
{% if is_incremental() %}
-- the same release again is no news
left anti join {{ this }} as ledger
    on
        release_period.release_id = ledger.release_id
        and contents.contents_hash = ledger.contents_hash
{% endif %}
