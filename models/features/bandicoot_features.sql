{# one row per antenna with a resident who has national events #}

{# a view: gnuper's table; the gate takes the means from antenna_indicators #}
{{ config(materialized='view', enabled=var('bandicoot')) }}

select {{ all_columns_but(['n_users', 'users_with_indicator']) }}  -- noqa: AM04
from {{ ref('antenna_bandicoot') }}
