{#
    Stops the run when not a single row of the CDR files was accepted, and lists the reasons: no release is
    better than an empty one.
#}
{% macro check_that_rows_were_accepted(delivered_files) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set outcomes = run_query(
        'select outcome, sum(records), count(distinct source_file) from ' ~ delivered_files
        ~ ' group by outcome order by 2 desc'
    ).rows -%}
    {%- if 'accepted' not in outcomes | map(attribute=0) -%}
        {%- set reasons = [] -%}
        {%- for outcome in outcomes -%}
            {%- do reasons.append(outcome[0] ~ ': ' ~ outcome[1] ~ ' in ' ~ outcome[2] ~ ' files') -%}
        {%- endfor -%}
        {{ exceptions.raise_compiler_error(
            'None of the ' ~ outcomes | sum(attribute=1) ~ " rows of the files '" ~ file_patterns()
            ~ "' in '" ~ raw_data_folder() ~ "' can be used (" ~ reasons | join('; ') ~ '). Check the '
            ~ "files' columns and the vars layout, timestamp_format, call_unit and raw_locations; the table "
            ~ 'rejected_rows shows what the values look like.'
        ) }}
    {%- endif -%}
{%- endmacro %}
