{#
    Stops the run before anything is built when a var has an impossible value. Every message names
    the var, its value and what is allowed.
#}
{% macro check_configuration() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- do _check_names() -%}

    {%- for name in ['raw_data_path', 'raw_file_pattern', 'raw_locations', 'pseudonym_key_file'] -%}
        {%- if var(name) is not string or var(name) | trim == '' or '\x00' in var(name) -%}
            {%- do _impossible(name, 'a path as text, without a character 0') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not modules.re.fullmatch('[^/\\\\{}^]+', var('raw_file_pattern')) -%}
        {%- do _impossible('raw_file_pattern', 'a glob for names of files: *, ? and [abc], without / \\\\ { } ^') -%}
    {%- endif -%}
    {%- do _check_timestamp_format() -%}
    {%- do _check_layout() -%}
    {%- if var('call_unit') is not none -%}{%- do _check_choice('call_unit', ['s', 'm', 'ms']) -%}{%- endif -%}
    {%- do _check_choice('period', ['all', 'month', 'week']) -%}
    {%- do _check_period() -%}
    {%- do _check_choice('exact_duplicates', ['keep', 'reject']) -%}
    {%- do _check_quality_gates() -%}
    {%- do _check_number('max_weekly_interactions', above=0, to=1000000000) -%}

    {%- for name in ['noct', 'work', 'ep', 'lp'] -%}
        {%- do _check_whole_number(name ~ '_begin', 0, 23) -%}
        {%- do _check_whole_number(name ~ '_end', 0, 23) -%}
    {%- endfor -%}
    {%- if var('noct_begin') <= var('noct_end') -%}
        {%- do _impossible(
            'noct_begin', 'an hour after noct_end (' ~ var('noct_end') ~ '), for the night lasts over midnight'
        ) -%}
    {%- endif -%}
    {%- for name in ['work', 'ep', 'lp'] if var(name ~ '_begin') > var(name ~ '_end') -%}
        {%- do _impossible(
            name ~ '_begin', 'an hour not after ' ~ name ~ '_end (' ~ var(name ~ '_end') ~ ')'
        ) -%}
    {%- endfor -%}

    {%- do _check_whole_number('week_starts_on', 1, 7) -%}
    {%- do _check_weekend_days() -%}
    {%- do _check_holidays() -%}
    {%- do _check_cap_coords() -%}
    {%- do _check_choice('home_rule', ['night_events', 'distinct_days', 'events']) -%}
    {%- do _check_whole_number('home_min_nights', 1, 366) -%}
    {%- do _check_choice('compare_home_rules', [true, false]) -%}

    {%- do _check_whole_number('privacy_k', 0, 1000000) -%}
    {%- do _check_number('privacy_max_share', above=0, to=1) -%}
    {%- do _check_choice('table_format', ['parquet', 'iceberg', 'delta']) -%}
    {%- do _check_choice('bandicoot', [true, false]) -%}
    {%- do _check_choice('overlapping_release', ['warn', 'stop', 'allow']) -%}
    {%- do _check_choice('bandicoot_engine', ['compiled', 'reference']) -%}
    {%- do _check_choice('clean_up', [true, false]) -%}
    {%- do _check_earlier_release() -%}
    {%- do _check_release_readers() -%}
    {%- do _check_schemas() -%}
    {%- if var('privacy_k') == 0 -%}
        {%- do exceptions.warn(
            'THE PRIVACY GATE IS OFF (privacy_k: 0). Every value is in the output, also those about '
            ~ 'a single person. This run is NOT FOR RELEASE.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{# All vars of the project. A misspelt one on the command line would be ignored silently. #}
{% macro known_vars() -%}
    {{ return([
        'raw_data_path', 'raw_file_pattern', 'raw_locations', 'layout', 'timestamp_format', 'call_unit',
        'period', 'period_begin', 'period_end', 'exact_duplicates', 'quality_gates',
        'max_weekly_interactions', 'weekend_days', 'holidays', 'week_starts_on',
        'noct_begin', 'noct_end', 'work_begin', 'work_end', 'ep_begin', 'ep_end', 'lp_begin', 'lp_end',
        'home_rule', 'home_min_nights', 'compare_home_rules', 'cap_coords',
        'privacy_k', 'privacy_max_share', 'pseudonym_key_file', 'clean_up',
        'overlapping_release', 'release_readers', 'table_format', 'earlier_release',
        'bandicoot', 'bandicoot_engine',
    ]) }}
{%- endmacro %}


{% macro _check_names() -%}
    {%- for name in invocation_args_dict.get('vars', {}) if name not in known_vars() -%}
        {{ exceptions.raise_compiler_error(
            "There is no var '" ~ name ~ "'. The vars are: " ~ known_vars() | join(', ') ~ '.'
        ) }}
    {%- endfor -%}
{%- endmacro %}


{% macro _impossible(name, allowed) -%}
    {{ exceptions.raise_compiler_error(
        'The var ' ~ name ~ ' is ' ~ (var(name) | tojson if var(name) is string else var(name))
        ~ '. It must be ' ~ allowed ~ '.'
    ) }}
{%- endmacro %}


{% macro _check_whole_number(name, first, last) -%}
    {%- if var(name) is not integer or not first <= var(name) <= last -%}
        {%- do _impossible(name, 'a whole number from ' ~ first ~ ' to ' ~ last) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _check_number(name, above, to=none) -%}
    {%- set value = var(name) -%}
    {%- if value is boolean or value is not number or not value > above or (to is not none and value > to) -%}
        {%- do _impossible(name, 'a number above ' ~ above ~ (' and up to ' ~ to if to is not none else '')) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _check_choice(name, choices) -%}
    {%- set value = var(name) -%}
    {# 1 == true in Python, and 'False' is a text like any other #}
    {%- if value not in choices or (value is boolean) != (choices[0] is boolean) or value is number and value is not boolean -%}
        {%- do _impossible(name, choices | join(' or ') | lower) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _check_layout() -%}
    {%- set problem = raw_layout().problem -%}
    {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
    {%- set layout = raw_layout() -%}
    {%- for pattern in timestamp_patterns() if has_offset(pattern) and not layout.local_timezone -%}
        {{ exceptions.raise_compiler_error(
            "The timestamp format '" ~ pattern ~ "' has a time zone in it: the layout must say which "
            ~ 'local_timezone the times are to be turned into.'
        ) }}
    {%- endfor -%}
{%- endmacro %}


{% macro _check_timestamp_format() -%}
    {%- set allowed = 'null (what the layout says), a Spark datetime pattern such as "yyyy-MM-dd HH:mm:ss", '
        ~ 'or a list of them' -%}
    {%- set patterns = var('timestamp_format') -%}
    {%- if patterns is none -%}{{ return('') }}{%- endif -%}
    {%- set patterns = [patterns] if patterns is string else patterns -%}
    {%- if patterns is not sequence or patterns is mapping or patterns | length == 0 -%}
        {%- do _impossible('timestamp_format', allowed) -%}
    {%- endif -%}
    {%- for pattern in patterns -%}
        {%- if pattern is not string -%}{%- do _impossible('timestamp_format', allowed) -%}{%- endif -%}
        {%- set problem = adapter.pattern_problem(pattern) -%}
        {%- if problem -%}
            {{ exceptions.raise_compiler_error(
                'The var timestamp_format is ' ~ pattern | tojson ~ ': ' ~ problem ~ '.'
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{% macro _check_weekend_days() -%}
    {%- set days = var('weekend_days') -%}
    {%- if days is string or days is mapping or days is not sequence
        or days | reject('integer') | list or days | reject('in', [1, 2, 3, 4, 5, 6, 7]) | list -%}
        {%- do _impossible('weekend_days', 'a list of ISO weekdays from 1 (Monday) to 7 (Sunday)') -%}
    {%- endif -%}
{%- endmacro %}


{% macro _check_holidays() -%}
    {%- set allowed = 'null or a list of dates such as [2024-12-24, 2024-12-31]' -%}
    {%- set dates = var('holidays') -%}
    {%- if dates is none -%}{{ return('') }}{%- endif -%}
    {%- if dates is string or dates is mapping or dates is not sequence -%}
        {%- do _impossible('holidays', allowed) -%}
    {%- endif -%}
    {%- for date in dates if not _is_date(date) -%}
        {%- do _impossible('holidays', allowed) -%}
    {%- endfor -%}
{%- endmacro %}


{# Whether a value is a date of the calendar, written as yyyy-MM-dd. #}
{% macro _is_date(date) -%}
    {%- set parts = modules.re.fullmatch('([0-9]{4})-([0-9]{2})-([0-9]{2})', date | string) -%}
    {%- if not parts or not 1 <= parts[2] | int <= 12 or parts[1] | int == 0 -%}{{ return(false) }}{%- endif -%}
    {%- set month = parts[2] | int -%}
    {%- set next_month = modules.datetime.date(2000 + (parts[1] | int) % 400 + month // 12, month % 12 + 1, 1) -%}
    {%- set last_day = (next_month - modules.datetime.timedelta(days=1)).day -%}
    {{ return(1 <= parts[3] | int <= last_day) }}
{%- endmacro %}


{% macro _check_period() -%}
    {%- for name in ['period_begin', 'period_end'] if var(name) is not none and not _is_date(var(name)) -%}
        {%- do _impossible(name, 'null or a date such as 2024-05-01') -%}
    {%- endfor -%}
    {%- if var('period_begin') is not none and var('period_end') is not none
        and var('period_begin') | string > var('period_end') | string -%}
        {%- do _impossible('period_begin', 'a date not after period_end (' ~ var('period_end') ~ ')') -%}
    {%- endif -%}
{%- endmacro %}


{% macro _check_quality_gates() -%}
    {%- set allowed = 'a mapping of gates (' ~ default_quality_gates() | join(', ') ~ ') to {limit: a number '
        ~ 'from 0 to 1000000, severity: warn, stop or off}; what is left out keeps its default' -%}
    {%- set gates = var('quality_gates') -%}
    {%- if gates is not mapping -%}{%- do _impossible('quality_gates', allowed) -%}{%- endif -%}
    {%- for name, gate in gates.items() -%}
        {%- if name not in default_quality_gates() or gate is not mapping
            or gate | reject('in', ['limit', 'severity']) | list
            or gate.get('severity', 'warn') not in ['warn', 'stop', 'off', false]
            or gate.get('limit', 0) is boolean or gate.get('limit', 0) is not number
            or not 0 <= gate.get('limit', 0) <= 1000000 -%}
            {%- do _impossible('quality_gates', allowed) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{% macro _check_release_readers() -%}
    {%- set readers = var('release_readers') -%}
    {%- if readers is string or readers is mapping or readers is not sequence
        or readers | reject('string') | list or '`' in readers | join -%}
        {%- do _impossible('release_readers', 'a list of names of users or groups, without backticks') -%}
    {%- endif -%}
{%- endmacro %}


{% macro _check_cap_coords() -%}
    {%- set coordinates = var('cap_coords') -%}
    {%- if coordinates is string or coordinates is mapping or coordinates is not sequence
        or coordinates | length != 2
        or coordinates | reject('number') | list or coordinates | select('boolean') | list
        or not -90 <= coordinates[0] <= 90 or not -180 <= coordinates[1] <= 180 -%}
        {%- do _impossible(
            'cap_coords', 'the latitude (-90 to 90) and longitude (-180 to 180) of the capital, in this order'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _check_earlier_release() -%}
    {%- set schema = var('earlier_release') -%}
    {%- if schema is not none and (
        schema is not string or not modules.re.fullmatch('[A-Za-z_][A-Za-z0-9_]*', schema)
    ) -%}
        {%- do _impossible('earlier_release', 'null or the name of a schema') -%}
    {%- endif -%}
{%- endmacro %}


{# What is restricted and what is published must not share a schema: access is granted per schema. #}
{% macro _check_schemas() -%}
    {%- set published = ['current_release', 'release_ledger'] -%}
    {%- set release_schema = relation_of('current_release').schema -%}
    {%- for node in graph.nodes.values() if node.resource_type in ['model', 'seed'] and node.package_name == 'gnuper' -%}
        {%- if (node.schema == release_schema) != (node.name in published) -%}
            {{ exceptions.raise_compiler_error(
                "The " ~ node.resource_type ~ ' ' ~ node.name ~ " would be built in the schema '" ~ node.schema
                ~ "'. What is published lies in the release schema '" ~ release_schema ~ "' and everything else "
                ~ 'outside of it: set +schema of models/ in dbt_project.yml accordingly.'
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
