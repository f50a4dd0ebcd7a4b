{#
    The id in a field of a raw row: as delivered, or without what the layout's keys trim_ids and
    phone_numbers say is no part of it. Phone numbers are completed later, see phone_number.

    {{ raw_id('caller_id', kind) }}  ->  cdr.`msisdn`
#}
{% macro raw_id(name, kind) -%}
    {%- if kind.phone_numbers and name in ['caller_id', 'correspondent_id'] -%}
        {#- punctuation and apostrophes -#}
        translate({{ raw_field(name, kind) }}, ' \t\'()/.-', '')
    {%- elif kind.trim_ids -%}
        {{ trimmed_id(raw_field(name, kind)) }}
    {%- else -%}
        {{ raw_field(name, kind) }}
    {%- endif -%}
{%- endmacro %}
