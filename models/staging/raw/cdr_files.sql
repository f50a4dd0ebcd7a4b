{# one row per CDR file that the run reads #}

{#
    A table: the run reads only the files that are in the folder when it begins. Files that arrive
    during the run have not been checked and are left to the next run.
#}
{{ config(post_hook="{{ check_that_files_were_found(this) }}") }}

select
    source_file,
    file_size,
    modified_at,
    kinds,
    {{ text_literal(raw_definition()) }} as definition
from ({{ files_in_folder() }})
