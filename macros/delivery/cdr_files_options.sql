{#
    The options of a table over the CDR files of some kinds, by var raw_data_path and the patterns of the
    kinds, with further options.
#}
{% macro cdr_files_options(kinds, options={}) -%}
    {%- set patterns = kinds | map(attribute='pattern') | list -%}
    {%- set folders, names = [], [] -%}
    {%- for pattern in patterns -%}
        {%- set folder, _, name = pattern.rpartition('/') -%}
        {%- do folders.append(folder) -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {{ file_options(
        raw_data_folder(), dict(options, pathGlobFilter=_any_of(names)), folders=_any_of(folders)
    ) }}
{%- endmacro %}


{# A glob of all that one of several globs matches. #}
{% macro _any_of(globs) -%}
    {%- set globs = globs | unique(case_sensitive=true) | list -%}
    {{ return(globs[0] if globs | length == 1 else '{' ~ globs | join(',') ~ '}') }}
{%- endmacro %}
