{#
    dbt's var() for sqlfluff, which reads no dbt_project.yml: a value of the right kind for each var
    of which models need more than a text. The values decide which branches of Jinja are linted.
#}
{% macro var(name, default=none) -%}
    {{ return({
        'bandicoot': true,
        'cap_coords': [1.5, 2.5],
        'earlier_release': 'gnuper_earlier',
        'holidays': none,
        'period': 'all',
        'period_begin': none,
        'period_end': none,
        'timestamp_format': ['yyyy-MM-dd HH:mm:ss', 'dd/MM/yyyy HH:mm'],
        'weekend_days': [6, 7],
    }.get(name, 1)) }}
{%- endmacro %}
