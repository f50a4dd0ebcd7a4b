{#
    Post-hook of delivery_quality: warns of what breaks a gate, or stops the run before anything is
    computed from it. Then the last release stays.
#}
{% macro check_quality_gates(delivery_quality, delivery_totals, repeated_files) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set broken = _broken_gates(delivery_totals) -%}
    {%- do _check_that_there_are_calls(delivery_totals) -%}
    {%- set sentences = {'warn': [], 'stop': []} -%}
    {%- for name, gate in quality_gates().items() if gate.severity != 'off' -%}
        {%- set severity = broken[name].severity if name in broken else gate.severity -%}
        {%- if gate.meaning -%}
            {%- set sentence = _sentence_of_total(name, gate, broken[name]) if name in broken -%}
        {%- else -%}
            {%- set sentence = _repeated_files(name, gate, repeated_files) if name == 'repeated_files'
                else _broken_by_files(name, gate, delivery_quality) -%}
        {%- endif -%}
        {%- if sentence -%}{%- do sentences[severity].append(sentence) -%}{%- endif -%}
    {%- endfor -%}
    {%- set rejects = 'Most frequent rejects: ' ~ _reasons_of_rejects() ~ '. ' if 'lost_' in broken | join -%}
    {%- if sentences.stop -%}
        {{ exceptions.raise_compiler_error(
            'The delivery is not good enough: ' ~ sentences.stop | join('; ') ~ '. '
            ~ rejects ~ 'Nothing was released; '
            ~ 'the last release stays. Look at the table delivery_quality, deliver the files again, or '
            ~ 'change the gate in var quality_gates.'
        ) }}
    {%- elif sentences.warn -%}
        {%- do exceptions.warn(
            'Delivery quality warning: ' ~ sentences.warn | join('; ') ~ '. '
            ~ rejects ~ 'See the table delivery_quality.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{# The gates of the whole delivery that are broken: {name: {value, limit, severity}}. #}
{% macro _broken_gates(delivery_totals) -%}
    {%- set limits = [] -%}
    {%- for name, gate in quality_gates().items() if gate.meaning and gate.severity != 'off' -%}
        {%- for limit, severity in [(gate.stop_limit, 'stop'), (gate.limit, gate.severity)] if limit is number -%}
            {%- do limits.append({'name': name, 'limit': limit, 'severity': severity,
                'value': 'if(' ~ gate.broken | replace('LIMIT', limit | float) ~ ', round(' ~ name ~ ', 4), null) as limit_' ~ limits | length}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set broken = {} -%}
    {%- if limits -%}
        {%- set values = run_query(
            'select ' ~ limits | map(attribute='value') | join(', ') ~ ' from ' ~ delivery_totals
        ).rows[0] -%}
        {%- for limit in limits -%}
            {#- the limit that stops the run comes first, and stays -#}
            {%- if values[loop.index0] is not none -%}
                {%- do broken.setdefault(limit.name, dict(limit, value=values[loop.index0])) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(broken) }}
{%- endmacro %}


{# The sentence about a gate of the whole delivery that is broken. #}
{% macro _sentence_of_total(name, gate, broken) -%}
    {{ return(
        name ~ ' is ' ~ broken.value ~ ' (limit ' ~ broken.limit ~ '): ' ~ gate.meaning
        ~ (' (' ~ _cells_of_several_antennas() ~ ')' if name == 'shared_cells' else '')
        ~ '. ' ~ gate.remedy.rstrip('.')
    ) }}
{%- endmacro %}


{# The sentence about the first of the files and days that break a gate; none if there is none. #}
{% macro _broken_by_files(name, gate, delivery_quality) -%}
    {%- set broken = run_query(
        'select source_file, day, round(' ~ name ~ ', 3) from ' ~ delivery_quality ~ ' where '
        ~ gate.broken | replace('LIMIT', gate.limit | float) ~ ' order by day, source_file'
    ).rows -%}
    {%- if broken | length == 0 -%}{{ return(none) }}{%- endif -%}
    {{ return(
        name ~ ' is ' ~ broken[0][2] ~ ' (limit ' ~ gate.limit ~ ')'
        ~ (" in '" ~ broken[0][0] ~ "'" if broken[0][0] is not none else ', no row at all,')
        ~ (' on ' ~ broken[0][1] if broken[0][1] is not none else ' in rows without a day')
        ~ (' and ' ~ (broken | length - 1) ~ ' more' if broken | length > 1 else '')
    ) }}
{%- endmacro %}


{# The sentence about files whose rows are in other files too; none if there are none. #}
{% macro _repeated_files(name, gate, repeated_files) -%}
    {#- of two files with the same rows the later name is told -#}
    {%- set broken = run_query(
        'with broken as (select * from ' ~ repeated_files ~ ' where ' ~ gate.broken | replace('LIMIT', gate.limit | float) ~ ') '
        ~ 'select source_file, other_file, round(100 * repeated_share, 1) from broken left anti join broken as later '
        ~ 'on broken.source_file = later.other_file and broken.other_file = later.source_file '
        ~ 'and broken.source_file < later.source_file order by source_file, other_file'
    ).rows -%}
    {%- if broken | length == 0 -%}{{ return(none) }}{%- endif -%}
    {%- set files = [] -%}
    {%- for file in broken[:5] -%}
        {%- do files.append(file[2] ~ " % of the rows of '" ~ file[0] ~ "' are in '" ~ file[1] ~ "' too") -%}
    {%- endfor -%}
    {{ return(
        name ~ ': the rows of ' ~ broken | map(attribute=0) | unique | list | length ~ ' files are delivered again in another file (limit ' ~ gate.limit ~ '): '
        ~ files | join(', ') ~ (', ...' if broken | length > 5 else '')
        ~ '. Their events count twice. Take one of the files out of the folder'
    ) }}
{%- endmacro %}


{# How many ids of cells belong to several antennas. #}
{% macro _cells_of_several_antennas() -%}
    {%- set cells = run_query(
        'select count(distinct cell_id), count(distinct case when antennas_of_cell > 1 then cell_id end), count(*) from ' ~ relation_of('cells')
    ).rows[0] -%}
    {{ return(cells[1] ~ ' of the ' ~ cells[0] ~ ' ids, in ' ~ cells[2] ~ ' rows of cells') }}
{%- endmacro %}


{#
    The most frequent reasons of rejects, with the shape of their values: 12 unknown_interaction (aaaa).
    Control characters are shown as ?, for a terminal would obey them.
#}
{% macro _reasons_of_rejects() -%}
    {%- set reasons = [] -%}
    {%- for row in run_query(
        "select outcome, regexp_replace(rejected_value, '\\\\p{C}', '?'), count(*) as rows from "
        ~ relation_of('delivered_rows')
        ~ " where outcome not in ('accepted', 'left_out', 'exact_duplicate', 'outside_period') "
        ~ 'group by 1, 2 order by 3 desc, 1, 2 limit 5'
    ).rows -%}
        {%- do reasons.append(row[2] ~ ' ' ~ row[0] ~ (" like '" ~ row[1] ~ "'" if row[1] else '')) -%}
    {%- endfor -%}
    {{ return(reasons | join(', ')) }}
{%- endmacro %}


{# Stops the run when no call was accepted, although the layout has calls: no release of texts alone. #}
{% macro _check_that_there_are_calls(delivery_totals) -%}
    {%- set has_calls = [] -%}
    {%- for kind in raw_kinds() -%}
        {%- if kind.fields.interaction is none and kind.fixed.interaction == 'call'
            or kind.fields.interaction is not none and kind.codes.interaction.call -%}
            {%- do has_calls.append(kind) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set totals = run_query('select calls, texts from ' ~ delivery_totals).rows[0] -%}
    {%- if has_calls and totals[0] == 0 -%}
        {{ exceptions.raise_compiler_error(
            'No call was accepted (' ~ totals[1] ~ ' texts were), although the layout describes calls (rejects: '
            ~ (_reasons_of_rejects() or 'none') ~ '). Nothing was released; the last release stays. Correct codes or '
            ~ 'call_unit of the layout; if the files have texts alone, leave the codes of calls out.'
        ) }}
    {%- endif -%}
{%- endmacro %}
