{#
    Every row of the CDR files is accepted, rejected or left out, exactly once. Per file,
    delivered_rows has as many rows as the CSV file has lines (without blank lines and the header),
    or the Parquet file has rows. A row with both sides of an event counts once, by its first record.

    A failure means
    (a) the files were changed since the run read them: run again; or
    (b) the CSV reader took several lines for one row, or left some out: look at the options in
        models/staging/raw/cdr.sql; or
    (c) delivered_rows multiplies rows: the join to cells finds more than one serving antenna; or
    (d) another run has replaced the raw tables in between: run again.
#}

{%- set layout = raw_layout() %}

with lines as (

    {% if layout.format == 'parquet' -%}
    {% for kind in raw_kinds() -%}
    select
        {{ source_file('cdr') }} as source_file,
        0 as has_header
    from {{ ref(kind.table) }} as cdr  -- noqa: AL05
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
    {%- else -%}
    select
        {{ source_file('cdr_lines') }} as source_file,
        case
            {%- for kind in raw_kinds() %}
            when {{ is_of_kind('cdr_lines', kind) }} then {{ 1 if kind.header else 0 }}
            {%- endfor %}
        end as has_header
    from {{ ref('cdr_lines') }} as cdr_lines  -- noqa: AL05
    -- the CSV reader skips lines of only white space and control characters
    where value rlike '[^\\x00-\\x20]'
    {%- endif %}

),

delivered as (

    select
        lines.source_file,
        count(*) - max(lines.has_header) as delivered
    from lines
    -- without files that arrived later
    left semi join {{ ref('cdr_files') }} as cdr_files
        on lines.source_file = cdr_files.source_file
    group by lines.source_file

),

accepted_and_rejected as (

    select
        source_file,
        count_if(outcome = 'accepted') as accepted,
        count_if(outcome != 'accepted') as rejected
    from {{ ref('delivered_rows') }}
    where side = 1
    group by source_file

)

select
    coalesce(delivered.source_file, accepted_and_rejected.source_file) as source_file,
    delivered.delivered,
    accepted_and_rejected.accepted,
    accepted_and_rejected.rejected
from delivered
full outer join accepted_and_rejected
    on delivered.source_file = accepted_and_rejected.source_file
where
    coalesce(delivered.delivered, 0)
    != coalesce(accepted_and_rejected.accepted + accepted_and_rejected.rejected, 0)
