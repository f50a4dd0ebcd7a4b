{# The gates, with the settings of var quality_gates. #}
{% macro quality_gates() -%}
    {%- set gates = {} -%}
    {%- for name, gate in default_quality_gates().items() -%}
        {%- set gate = dict({'broken': name ~ ' > LIMIT'}, **dict(gate, **var('quality_gates').get(name, {}))) -%}
        {#- YAML reads a bare off as false -#}
        {%- do gates.update({name: dict(gate, severity='off') if gate.severity is false else gate}) -%}
    {%- endfor -%}
    {{ return(gates) }}
{%- endmacro %}
