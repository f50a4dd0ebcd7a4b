{#
    The id in a field of a raw row as the project uses it: as delivered, or by the layout's keys trim_ids
    and phone_numbers.

    {{ raw_id('caller_id', kind) }}  ->  cdr.`msisdn`
#}
{% macro raw_id(name, kind) -%}
    {%- if kind.phone_numbers and name in ['caller_id', 'correspondent_id'] -%}
        {{ phone_number(raw_field(name, kind), kind.phone_numbers) }}
    {%- elif kind.trim_ids -%}
        {{ trimmed_id(raw_field(name, kind)) }}
    {%- else -%}
        {{ raw_field(name, kind) }}
    {%- endif -%}
{%- endmacro %}
