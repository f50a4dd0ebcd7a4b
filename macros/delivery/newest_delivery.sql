{#
    Query of the time when the newest CDR file was last changed, for `dbt source freshness`. dbt compares it
    with its limits but does not print it, so it is told here.
#}
{% macro newest_delivery() -%}
    {%- do check_local_cdr_files() -%}
    {%- do run_query(
        'create or replace temporary view files_in_folder using binaryFile options ('
        ~ cdr_files_options(raw_kinds()) ~ ')'
    ) -%}
    {%- set newest = run_query(
        "select date_format(max(modificationTime), 'yyyy-MM-dd HH:mm:ss'), "
        ~ 'timestampdiff(hour, max(modificationTime), current_timestamp()) '
        ~ 'from files_in_folder where length > 0 and ' ~ _has_a_kind('path')
    ).rows[0] -%}
    {%- if newest[0] is none -%}{%- do no_cdr_files(raw_data_folder(), file_patterns()) -%}{%- endif -%}
    {%- do log(
        'The newest CDR file was delivered on ' ~ newest[0] ~ ' UTC, ' ~ newest[1] // 24 ~ ' days and '
        ~ newest[1] % 24 ~ ' hours ago.',
        info=true
    ) -%}
    select timestamp '{{ newest[0] }}'
{%- endmacro %}


{# Whether a path has the pattern of a kind of files. The folder of one kind and the name of another do not fit. #}
{% macro _has_a_kind(path) -%}
    {%- set patterns = [] -%}
    {%- for kind in raw_kinds() -%}
        {%- do patterns.append(plugin().glob_regex(kind.pattern).lstrip('^')) -%}
    {%- endfor -%}
    {{ return('true' if patterns | length == 1 else path ~ ' rlike ' ~ text_literal('/(' ~ patterns | join('|') ~ ')')) }}
{%- endmacro %}
