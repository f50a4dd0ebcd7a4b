{# one row per antenna with a resident who has national events #}

{{ config(enabled=var('bandicoot')) }}

-- the values that final_features takes over, under the same names

select
    antenna_id,
    {%- for name in bandicoot_columns() %}
    {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('antenna_bandicoot') }}
