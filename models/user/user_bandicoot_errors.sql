{# one row per user whose indicators could not be computed #}

{# a selection from user_bandicoot, normally empty #}
{{ config(materialized='view', enabled=var('bandicoot')) }}

select
    user_id,
    error
from {{ ref('user_bandicoot') }}
where error is not null
