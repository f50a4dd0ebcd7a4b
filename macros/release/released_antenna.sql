{# The antenna's id as it was delivered, from an antenna in a period. #}
{% macro released_antenna(antenna_in_period) -%}
    {%- if var('period') == 'all' -%}
        {{ antenna_in_period }}
    {%- else -%}
        substring({{ antenna_in_period }}, {{ {'month': 9, 'week': 12}[var('period')] }})
    {%- endif -%}
{%- endmacro %}
