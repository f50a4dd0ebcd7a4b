{# The reasons for rejecting a row of a CDR file, in the order in which they are checked. #}
{% macro reject_reasons() -%}
    {{ return([
        'malformed_row', 'exact_duplicate', 'missing_id', 'bad_timestamp', 'outside_period',
        'unknown_direction', 'unknown_interaction', 'unknown_national', 'bad_duration', 'unknown_cell',
    ]) }}
{%- endmacro %}
