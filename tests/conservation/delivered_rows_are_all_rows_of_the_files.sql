{#
    Every row of the CDR files is accepted or rejected, exactly once: per file the rows of
    delivered_rows are as many as the file's lines that are not blank.

    A failure means
    (a) the files were changed while the run read them: run again; or
    (b) the CSV reader took several lines for one row, or left some out: look at the options in
        macros/sources.sql; or
    (c) delivered_rows multiplies rows: the join to cells finds more than one serving antenna.
#}
with lines as (

    select
        _metadata.file_name as source_file,  -- noqa: RF03
        count(*) as line_count
    from {{ source('raw', 'cdr_lines') }}
    -- blank for the CSV reader: nothing but white space and control characters
    where value rlike '[^\\x00-\\x20]'
    group by _metadata.file_name  -- noqa: RF03

),

accepted_and_rejected as (

    select
        source_file,
        count_if(outcome = 'accepted') as accepted,
        count_if(outcome != 'accepted') as rejected
    from {{ ref('delivered_rows') }}
    group by source_file

)

select
    coalesce(lines.source_file, accepted_and_rejected.source_file) as source_file,
    lines.line_count,
    accepted_and_rejected.accepted,
    accepted_and_rejected.rejected
from lines
full outer join accepted_and_rejected
    on lines.source_file = accepted_and_rejected.source_file
where
    coalesce(lines.line_count, 0)
    != coalesce(accepted_and_rejected.accepted + accepted_and_rejected.rejected, 0)
