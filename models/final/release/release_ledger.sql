{# one row per release #}

{# The ledger of all runs: rows are only added. It is for the publisher, not for readers. #}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
    )
}}

{# only after the publication #}
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
-- do not record an identical release twice
left anti join {{ this }} as ledger
    on
        release_period.release_id = ledger.release_id
        and contents.contents_hash = ledger.contents_hash
{% endif %}
