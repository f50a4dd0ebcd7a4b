{#
    A hash of each var that affects the contents of a table (`in_ledger` in dbt_gnuper/vars.yml), by name. Those
    of the privacy gate do not affect levels 0 to 2.

    {{ vars_of_table(model) }}
#}
{% macro vars_of_table(node) -%}
    {%- set is_below_the_gate = node.fqn[1] not in ['features', 'final'] -%}
    {%- set hashes = {} -%}
    {%- for name in plugin().ledger_vars() if not (is_below_the_gate and name in vars_of_the_release()) -%}
        {%- set value = raw_layout() if name == 'layout' else var(name) -%}
        {%- if name in ['holidays', 'period_begin', 'period_end'] and value is not none -%}
            {#- YAML has dates -#}
            {%- set value = value | string -%}
        {%- endif -%}
        {%- do hashes.update({name: local_md5(tojson(value, sort_keys=true))[:8]}) -%}
    {%- endfor -%}
    {{ return(hashes) }}
{%- endmacro %}
