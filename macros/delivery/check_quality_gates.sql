{#
    Post-hook of delivery_quality: warns of days that break a gate, or stops the run before anything is
    computed from them. Then the last release stays.
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
            'Delivery quality warning: ' ~ sentences.warn | join('; ') ~ '. See the table delivery_quality.'
        ) -%}
    {%- endif -%}
{%- endmacro %}
