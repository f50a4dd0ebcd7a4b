{# one row per CDR file that the run reads #}

{#
    A table: the run reads the files that lie there when it begins, and no others. Files that arrive
    meanwhile have not been checked, and are for the next run.
#}
{{ config(post_hook="{{ check_that_files_were_found(this) }}") }}

select
    source_file,
    file_size,
    modified_at,
    {{ text_literal(raw_definition()) }} as definition
from ({{ files_in_folder() }})
