{#
    The six measures that the pipeline carries from level to level: counts of calls and texts and
    call seconds, each outgoing (og) and incoming (ic).
#}
{% macro measures() -%}
    {{ return(['og_calls', 'og_sms', 'og_vol', 'ic_calls', 'ic_sms', 'ic_vol']) }}
{%- endmacro %}
