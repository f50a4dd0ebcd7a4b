{#
    A list of whole numbers (as_type number), dates or texts for `in (...)`. An empty list gives `null`,
    and `in (null)` is never true.

    day in ({{ literal_list(['2024-05-01'], as_type='date') }})  ->  day in (date '2024-05-01')
#}
{% macro literal_list(values, as_type) -%}
    {%- for value in values -%}
        {%- if as_type == 'number' -%}{{ value | int }}
        {%- else -%}{{ 'date ' if as_type == 'date' }}{{ text_literal(value) }}
        {%- endif -%}
        {{- ', ' if not loop.last -}}
    {%- else -%}
        null
    {%- endfor -%}
{%- endmacro %}
