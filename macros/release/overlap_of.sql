{#
    The earlier releases in the ledger that cover some of the same days as this release and are not the same
    release, as a sentence. Empty if there are none.

    {{ overlap_of(relation_of('release_period')) }}
#}
{% macro overlap_of(release_period) -%}
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
    {%- if earlier[3] == 0 -%}{{ return('') }}{%- endif -%}
    {{ return(
        'This release (' ~ earlier[4] ~ ' to ' ~ earlier[5] ~ ') overlaps ' ~ earlier[3] ~ ' earlier one'
        ~ ('s, the latest' if earlier[3] > 1 else '') ~ ' of ' ~ earlier[0] ~ ' (' ~ earlier[1] ~ ' to ' ~ earlier[2]
        ~ '). Anyone who has both releases can subtract them and learn about a small number of people; see '
        ~ 'docs/privacy.md.'
    ) }}
{%- endmacro %}
