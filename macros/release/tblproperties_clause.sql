{# With each table the vars that it was built with; see `check_vars_of_tables`. #}
{% macro tblproperties_clause() -%}
    {%- set properties = config.get('tblproperties') or {} -%}
    tblproperties (
        'gnuper.vars' = '{{ tojson(vars_of_table(model), sort_keys=true) }}'
        {%- for name, value in properties.items() %},
        '{{ name }}' = '{{ value }}'
        {%- endfor %}
    )
{%- endmacro %}
