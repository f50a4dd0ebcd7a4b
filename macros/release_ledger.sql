{#
    The parameters that decide what a release says, as JSON with sorted names; of the layout a hash.
    Where the data and the key lie is not among them.
#}
{% macro release_parameters() -%}
    {%- set parameters = {'layout': local_md5(tojson(raw_layout(), sort_keys=true))} -%}
    {%- for name in known_vars() | sort if name not in
        ['raw_data_path', 'raw_file_pattern', 'raw_locations', 'layout', 'pseudonym_key_file', 'clean_up',
         'quality_gates', 'overlapping_release', 'release_readers', 'table_format', 'earlier_release',
         'bandicoot_engine', 'compare_home_rules'] -%}
        {%- set value = var(name) -%}
        {%- do parameters.update({
            name: value | map('string') | list if name == 'holidays' and value is not none
            else value | string if name in ['period_begin', 'period_end'] and value is not none else value
        }) -%}
    {%- endfor -%}
    {{ return(tojson(parameters, sort_keys=true)) }}
{%- endmacro %}


{#
    Warns or stops (var overlapping_release) when an earlier release, by the ledger, covers some of
    the same days and is not the same release: their difference can be about few people.
#}
{% macro check_overlap(release_period) -%}
    {%- if not execute or var('overlapping_release') == 'allow' -%}{{ return('') }}{%- endif -%}
    {%- set ledger = adapter.get_relation(
        database=none, schema=target.schema, identifier='release_ledger'
    ) -%}
    {%- if ledger is none -%}{{ return('') }}{%- endif -%}
    {%- set earlier = run_query(
        'select date(max(ledger.released_at)), max_by(ledger.first_day, ledger.released_at), '
        ~ 'max_by(ledger.last_day, ledger.released_at), count(*), any_value(period.first_day), '
        ~ 'any_value(period.last_day) '
        ~ 'from ' ~ ledger ~ ' as ledger inner join ' ~ release_period ~ ' as period '
        ~ 'on ledger.first_day <= period.last_day and ledger.last_day >= period.first_day '
        ~ 'and ledger.release_id != period.release_id'
    ).rows[0] -%}
    {%- if earlier[3] > 0 -%}
        {%- set sentence = 'This release (' ~ earlier[4] ~ ' to ' ~ earlier[5] ~ ') overlaps ' ~ earlier[3]
            ~ ' earlier one' ~ ('s, the latest' if earlier[3] > 1 else '') ~ ' of ' ~ earlier[0] ~ ' ('
            ~ earlier[1] ~ ' to ' ~ earlier[2] ~ '). Who has both can subtract them and learn about '
            ~ 'few people; see docs/privacy.md.' -%}
        {%- if var('overlapping_release') == 'stop' -%}
            {{ exceptions.raise_compiler_error(
                sentence ~ ' Nothing was released. Release other days, or set overlapping_release to warn.'
            ) }}
        {%- endif -%}
        {%- do exceptions.warn(sentence) -%}
    {%- endif -%}
{%- endmacro %}
