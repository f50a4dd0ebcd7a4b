{#
    The parameters that decide what a release says (`in_ledger` of dbt_gnuper/vars.yml), as JSON with
    sorted names; of the layout a hash.
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


{# Query of one row: `contents_hash`, equal for equal rows of features and of pairs. #}
{% macro release_contents() -%}
    select sha2(array_join(array_sort(collect_list(row_hash)), ''), 256) as contents_hash
    from (
        select sha2(to_json(struct(final_features.*)), 256) as row_hash
        from {{ ref('final_features') }} as final_features
        union all
        select sha2(to_json(struct(final_interactions.*)), 256) as row_hash
        from {{ ref('final_interactions') }} as final_interactions
    )
{%- endmacro %}


{#
    Pre-hook of current_release: warns or stops (var overlapping_release) when an earlier release has
    the same id, that is the same names of files, days, numbers of rows and parameters, but other
    contents: rows were replaced by as many others, or cells have moved.
#}
{% macro check_contents(release_period) -%}
    {%- set ledger = load_relation(relation_of('release_ledger')) if execute else none -%}
    {%- if ledger is none or var('overlapping_release') == 'allow' -%}{{ return('') }}{%- endif -%}
    {%- set earlier = run_query(
        'select date(max(ledger.released_at)), count_if(ledger.contents_hash = contents.contents_hash) from '
        ~ ledger ~ ' as ledger inner join ' ~ release_period ~ ' as period on ledger.release_id = period.release_id '
        ~ 'cross join (' ~ release_contents() ~ ') as contents'
    ).rows[0] -%}
    {%- if earlier[0] is not none and earlier[1] == 0 -%}
        {%- do _tell_of_overlap(
            'This release is about the same days and as many rows as the one of ' ~ earlier[0]
            ~ ', but not the same. Who has both can subtract them and learn about few people; see docs/privacy.md.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{# A warning or the end of the run, by var overlapping_release. #}
{% macro _tell_of_overlap(sentence) -%}
    {%- if var('overlapping_release') == 'stop' -%}
        {{ exceptions.raise_compiler_error(
            sentence ~ ' Nothing was released. Release other days, or set overlapping_release to warn.'
        ) }}
    {%- endif -%}
    {%- do exceptions.warn(sentence) -%}
{%- endmacro %}


{#
    Warns or stops (var overlapping_release) when an earlier release, by the ledger, covers some of
    the same days and is not the same release: their difference can be about few people.
#}
{% macro check_overlap(release_period) -%}
    {%- if not execute or var('overlapping_release') == 'allow' -%}{{ return('') }}{%- endif -%}
    {%- set ledger = load_relation(relation_of('release_ledger')) -%}
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
        {%- do _tell_of_overlap('This release (' ~ earlier[4] ~ ' to ' ~ earlier[5] ~ ') overlaps ' ~ earlier[3]
            ~ ' earlier one' ~ ('s, the latest' if earlier[3] > 1 else '') ~ ' of ' ~ earlier[0] ~ ' ('
            ~ earlier[1] ~ ' to ' ~ earlier[2] ~ '). Who has both can subtract them and learn about '
            ~ 'few people; see docs/privacy.md.') -%}
    {%- endif -%}
{%- endmacro %}
