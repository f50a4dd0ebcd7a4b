{#
    The quality gates. Each has the condition under which a row of delivery_quality breaks it (LIMIT
    stands for the limit), the default limit, and the default severity: warn, stop or off.
#}
{% macro default_quality_gates() -%}
    {{ return({
        'rejected_share': {'broken': 'rejected_share > LIMIT', 'limit': 0.5, 'severity': 'warn'},
        'unknown_cell_share': {'broken': 'unknown_cell_share > LIMIT', 'limit': 0.2, 'severity': 'warn'},
        'hours_without_events': {
            'broken': '(accepted > 0 or source_file is null) and hours_without_events > LIMIT', 'limit': 6, 'severity': 'off'},
        'change': {'broken': 'abs(change) > LIMIT', 'limit': 0.5, 'severity': 'off'},
    }) }}
{%- endmacro %}
