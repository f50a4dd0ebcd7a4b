{#
    Query of the CDR files that this run reads, one row per file: `source_file` and `file_version`. The
    version is 16 hexadecimal digits. It changes with the file and with everything that affects how rows
    are read: layout, formats, first and last day, key and cells.
#}
{% macro file_versions() -%}
    select
        cdr_files.source_file,
        left(sha2(concat_ws(
            '|', cdr_files.file_size, cdr_files.modified_at,
            {{ text_literal(_reading()) }},
            -- a fingerprint of the key: the pseudonym of a fixed word
            {{ pseudonym("'gnuper'") }},
            (
                select sum(cast(
                    xxhash64(cells.cell_id, cells.antenna_id, cells.first_day, cells.last_day) as decimal(38)
                ))
                from {{ ref('cells') }} as cells
                where cells.is_serving_antenna
            )
        ), 256), 16) as file_version
    from {{ ref('cdr_files') }} as cdr_files
{%- endmacro %}


{#
    Everything else that affects how rows are read. Raise `edition` when a change of the models of level 0
    changes their rows.
#}
{% macro _reading() -%}
    {%- set edition = 5 -%}
    {{ return(tojson([
        edition, raw_layout(), var('timestamp_format'), var('call_unit'), var('period_begin') | string,
        var('period_end') | string, var('exact_duplicates'),
    ], sort_keys=true)) }}
{%- endmacro %}
