{#
    Query of the CDR files with content that are in the folder now, one row per file, with the number of
    kinds of files whose pattern it has. `cdr_folder` is for hooks of the whole run, where dbt has no ref.
#}
{% macro files_in_folder(cdr_folder=none) -%}
    select *
    from (
        select
            {{ source_file('cdr_folder') }} as source_file,
            cdr_folder._metadata.file_size as file_size,
            cdr_folder._metadata.file_modification_time as modified_at,
            {%- for kind in raw_kinds() %}
            {{ '+ ' if not loop.first }}cast({{ is_of_kind('cdr_folder', kind) }} as int)
            {%- endfor %} as kinds
        from {{ cdr_folder or ref('cdr_folder') }} as cdr_folder
    )
    -- folders and names of different kinds of files may fit, but not together
    where kinds > 0
{%- endmacro %}
