{# Query of the CDR files with content that are in the folder now, one row per file. #}
{% macro files_in_folder() -%}
    select
        {{ source_file('cdr_folder') }} as source_file,
        cdr_folder._metadata.file_size as file_size,
        cdr_folder._metadata.file_modification_time as modified_at
    from {{ ref('cdr_folder') }} as cdr_folder
{%- endmacro %}
