{#
    The vars that affect the contents of a release (`in_ledger` in dbt_gnuper/vars.yml), as JSON with
    sorted names. The layout is a hash.
#}
{% macro release_parameters() -%}
    {%- set parameters = {} -%}
    {%- for name in plugin().ledger_vars() -%}
        {%- set value = var(name) -%}
        {%- do parameters.update({
            name: local_md5(tojson(raw_layout(), sort_keys=true)) if name == 'layout'
            else value | map('string') | list if name == 'holidays' and value is not none
            else value | string if name in ['period_begin', 'period_end'] and value is not none else value
        }) -%}
    {%- endfor -%}
    {{ return(tojson(parameters, sort_keys=true)) }}
{%- endmacro %}
