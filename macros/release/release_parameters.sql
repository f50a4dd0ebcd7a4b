{#
    The vars that affect the contents of a release (`in_ledger` in dbt_gnuper/vars.yml), as JSON with
    sorted names. The layout is a hash, and so is the zone of each antenna.
#}
{% macro release_parameters() -%}
    {%- set parameters = {} -%}
    {%- for name in plugin().ledger_vars() -%}
        {%- set value = plain_var(name) -%}
        {%- do parameters.update({
            name: local_md5(tojson(value, sort_keys=true)) if name == 'layout'
            else _zones() if name == 'zones' and value is not none else value
        }) -%}
    {%- endfor -%}
    {{ return(tojson(parameters, sort_keys=true)) }}
{%- endmacro %}


{# A hash of the zone of each antenna: neither the path nor the format of a zones file matters. #}
{% macro _zones() -%}
    {%- set zones = ref('antenna_zones') -%}
    {%- if execute and flags.WHICH in ['run', 'build', 'retry'] -%}
        {{ return(run_query(
            "select md5(array_join(array_sort(collect_list(concat_ws(' ', antenna_id, zone_id))), '; ')) from " ~ zones
        ).columns[0][0]) }}
    {%- endif -%}
{%- endmacro %}
