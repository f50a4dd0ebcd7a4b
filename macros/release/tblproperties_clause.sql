{# With each table how it was built; see `check_earlier_tables`. #}
{% macro tblproperties_clause() -%}
    {%- set properties = config.get('tblproperties') or {} -%}
    tblproperties (
        'gnuper.build' = {{ text_literal(build_of_table(model)) }}
        {%- for name, value in properties.items() %},
        '{{ name }}' = '{{ value }}'
        {%- endfor %}
    )
{%- endmacro %}
