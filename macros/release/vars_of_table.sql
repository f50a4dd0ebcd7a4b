{#
    A hash of each var that affects the contents of a table (`in_ledger` in dbt_gnuper/vars.yml), by name. Those
    of the privacy gate do not affect levels 0 to 2.

    {{ vars_of_table(model) }}
#}
{% macro vars_of_table(node) -%}
    {%- set is_below_the_gate = node.fqn[1] not in ['features', 'final'] -%}
    {%- set hashes = {} -%}
    {%- for name in plugin().ledger_vars() if not (is_below_the_gate and name in vars_of_the_release()) -%}
        {%- do hashes.update({name: local_md5(tojson(plain_var(name), sort_keys=true))[:8]}) -%}
    {%- endfor -%}
    {{ return(hashes) }}
{%- endmacro %}
