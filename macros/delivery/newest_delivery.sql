{#
    Query of the time when the newest CDR file was last changed, for `dbt source freshness`. dbt compares it
    with its limits but does not print it, so it is told here.
#}
{% macro newest_delivery() -%}
    {%- do check_local_cdr_files() -%}
    {%- set times = [] -%}
    {%- for kind in raw_kinds() -%}
        {%- set files = 'files_of_' ~ kind.table -%}
        {%- do run_query(
            'create or replace temporary view ' ~ files ~ ' using binaryFile options (' ~ cdr_files_options([kind]) ~ ')'
        ) -%}
        {%- do times.append('select modificationTime as at from ' ~ files ~ ' where length > 0') -%}
    {%- endfor -%}
    {%- set newest = run_query(
        "select date_format(max(at), 'yyyy-MM-dd HH:mm:ss'), timestampdiff(hour, max(at), current_timestamp()) from ("
        ~ times | join(' union all ') ~ ')'
    ).rows[0] -%}
    {%- if newest[0] is none -%}{%- do no_cdr_files(raw_data_folder(), file_patterns()) -%}{%- endif -%}
    {%- do log(
        'The newest CDR file was delivered on ' ~ newest[0] ~ ' UTC, ' ~ newest[1] // 24 ~ ' days and '
        ~ newest[1] % 24 ~ ' hours ago.',
        info=true
    ) -%}
    select timestamp '{{ newest[0] }}'
{%- endmacro %}
