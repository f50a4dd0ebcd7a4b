{#
    Whether a row's file is of a kind of CDR files, by its path. Always, if there is one kind.

    {{ is_of_kind('cdr_folder', kind) }}  ->  cdr_folder._metadata.file_name rlike '^sms_[^/]*[.]csv$'
#}
{% macro is_of_kind(table, kind) -%}
    {%- if raw_kinds() | length == 1 -%}
        true
    {%- else -%}
        ({{ file_name(table) }}) rlike {{ text_literal(plugin().glob_regex(kind.pattern)) }}
    {%- endif -%}
{%- endmacro %}
