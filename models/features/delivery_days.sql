{# one row per first day of a delivered file, and one for the files without a readable time #}

{%- set reasons = [
    'malformed_row', 'missing_id', 'bad_timestamp', 'unknown_direction', 'unknown_interaction',
    'unknown_national', 'bad_duration', 'unknown_cell',
] %}

with files as (

    select
        source_file,
        coalesce(min(first_day) filter (where outcome = 'accepted'), min(first_day)) as day,
        sum(rows) as delivered_rows,
        coalesce(sum(rows) filter (where outcome = 'accepted'), 0) as accepted_rows,
        {%- for reason in reasons %}
        coalesce(sum(rows) filter (where outcome = '{{ reason }}'), 0) as {{ reason }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('delivered_files') }}
    group by source_file

)

select
    day,
    count(*) as files,
    sum(delivered_rows) as delivered_rows,
    sum(accepted_rows) as accepted_rows,
    {%- for reason in reasons %}
    sum({{ reason }}) as {{ reason }}{{ ',' if not loop.last }}
    {%- endfor %}
from files
group by day
