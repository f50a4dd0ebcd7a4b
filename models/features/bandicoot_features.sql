{# one row per antenna with a resident who has national events #}

{# a view: gnuper's table; the gate takes the means from antenna_indicators #}
{{ config(materialized='view', enabled=var('bandicoot')) }}

select
    antenna_id,
    {%- for name in bandicoot_columns() %}
    {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('antenna_bandicoot') }}
