{# Why a row of a CDR file can be rejected, in the order in which the reasons are tried. #}
{% macro reject_reasons() -%}
    {{ return([
        'malformed_row', 'exact_duplicate', 'missing_id', 'bad_timestamp', 'outside_period',
        'unknown_direction', 'unknown_interaction', 'unknown_national', 'bad_duration', 'unknown_cell',
    ]) }}
{%- endmacro %}


{#
    The gates of a delivery: each has the condition under which a row of delivery_quality breaks it,
    where LIMIT stands for its limit, the default limit, and the default severity: warn, stop or off.
#}
{% macro default_quality_gates() -%}
    {{ return({
        'rejected_share': {'broken': 'rejected_share > LIMIT', 'limit': 0.5, 'severity': 'warn'},
        'unknown_cell_share': {'broken': 'unknown_cell_share > LIMIT', 'limit': 0.2, 'severity': 'warn'},
        'hours_without_events': {
            'broken': '(accepted > 0 or source_file is null) and hours_without_events > LIMIT', 'limit': 6, 'severity': 'off'},
        'change': {'broken': 'abs(change) > LIMIT', 'limit': 0.5, 'severity': 'off'},
    }) }}
{%- endmacro %}


{# The gates with what var quality_gates says of them. #}
{% macro quality_gates() -%}
    {%- set gates = {} -%}
    {%- for name, gate in default_quality_gates().items() -%}
        {%- set gate = dict(gate, **var('quality_gates').get(name, {})) -%}
        {#- YAML reads a bare off as false -#}
        {%- do gates.update({name: dict(gate, severity='off') if gate.severity is false else gate}) -%}
    {%- endfor -%}
    {{ return(gates) }}
{%- endmacro %}


{#
    Post-hook of delivery_quality: warns of the days that break a gate, or stops the run before
    anything is computed from them; the last release stays.
#}
{% macro check_quality_gates(delivery_quality) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set sentences = {'warn': [], 'stop': []} -%}
    {%- for name, gate in quality_gates().items() if gate.severity != 'off' -%}
        {%- set broken = run_query(
            'select source_file, day, round(' ~ name ~ ', 3) from ' ~ delivery_quality ~ ' where '
            ~ gate.broken | replace('LIMIT', gate.limit | float) ~ ' order by day, source_file'
        ).rows -%}
        {%- if broken | length > 0 -%}
            {%- do sentences[gate.severity].append(
                name ~ ' is ' ~ broken[0][2] ~ ' (limit ' ~ gate.limit ~ ')'
                ~ (" in '" ~ broken[0][0] ~ "'" if broken[0][0] is not none else ', no row at all,')
                ~ (' on ' ~ broken[0][1] if broken[0][1] is not none else ' in rows without a day')
                ~ (' and ' ~ (broken | length - 1) ~ ' more' if broken | length > 1 else '')
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if sentences.stop -%}
        {{ exceptions.raise_compiler_error(
            'The delivery is not good enough: ' ~ sentences.stop | join('; ') ~ '. Nothing was released; '
            ~ 'the last release stays. Look at the table delivery_quality, deliver the files again, or '
            ~ 'change the gate in var quality_gates.'
        ) }}
    {%- elif sentences.warn -%}
        {%- do exceptions.warn(
            'The delivery is odd: ' ~ sentences.warn | join('; ') ~ '. See the table delivery_quality.'
        ) -%}
    {%- endif -%}
{%- endmacro %}
