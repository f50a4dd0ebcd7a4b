{#
    A text as local time without zone (timestamp_ntz) by the first pattern of var timestamp_format
    that fits; NULL when none does.

    {{ parse_timestamp('datetime') }}
#}
{% macro parse_timestamp(text) -%}
    {%- set patterns = var('timestamp_format') -%}
    {%- set patterns = [patterns] if patterns is string else patterns -%}
    coalesce(
        {%- for pattern in patterns %}
        cast(try_to_timestamp({{ text }}, {{ text_literal(pattern) }}) as timestamp_ntz)
        {{- ',' if not loop.last -}}
        {%- endfor %}
    )
{%- endmacro %}
