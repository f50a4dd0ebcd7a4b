{# one row per antenna with a resident who has national events #}

{{ config(enabled=var('bandicoot')) }}

-- gnuper's table: before the gate, which takes the means from antenna_indicators

select
    antenna_id,
    {%- for name in bandicoot_columns() %}
    {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('antenna_bandicoot') }}
