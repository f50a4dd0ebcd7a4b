{#
    Pre-hook of current_release: warns or stops (var overlapping_release) if an earlier release has the
    same id but other contents. Its file names, days, numbers of rows and parameters are then equal, but
    rows were replaced by as many others, or cells have moved.
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
        {%- do tell_of_overlap(
            'This release is about the same days and as many rows as the one of ' ~ earlier[0]
            ~ ', but its contents differ. Anyone who has both releases can subtract them and learn about a small '
            ~ 'number of people; see docs/privacy.md.'
        ) -%}
    {%- endif -%}
{%- endmacro %}
