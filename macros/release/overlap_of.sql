{#
    The earlier releases in the ledger that cover some of the same days as this release and are not the same
    release: `sentence`, empty if there are none, and `has_other_units`, whether one of them is of other zones,
    or of antennas where this one is of zones.

    {{ overlap_of(relation_of('release_period')).sentence }}
#}
{% macro overlap_of(release_period) -%}
    {%- set none_found = {'sentence': '', 'has_other_units': false} -%}
    {%- set ledger = load_relation(relation_of('release_ledger')) -%}
    {%- if ledger is none -%}{{ return(none_found) }}{%- endif -%}
    {%- set earlier = run_query(
        'select date(max(ledger.released_at)), max_by(ledger.first_day, ledger.released_at), '
        ~ 'max_by(ledger.last_day, ledger.released_at), count(*), any_value(period.first_day), '
        ~ 'any_value(period.last_day), '
        ~ "count_if(not get_json_object(ledger.parameters, '$.zones') <=> get_json_object(period.parameters, '$.zones')) "
        ~ 'from ' ~ ledger ~ ' as ledger inner join ' ~ release_period ~ ' as period '
        ~ 'on ledger.first_day <= period.last_day and ledger.last_day >= period.first_day '
        ~ 'and ledger.release_id != period.release_id'
    ).rows[0] -%}
    {%- if earlier[3] == 0 -%}{{ return(none_found) }}{%- endif -%}
    {%- set other_units = '' if earlier[6] == 0 else (
        (' It' if earlier[3] == 1 else ' ' ~ earlier[6] ~ ' of them') ~ (' is' if earlier[6] == 1 else ' are')
        ~ " of other units (antennas, or other zones): subtracting a zone's released antennas from the zone "
        ~ 'reveals the withheld ones.'
    ) -%}
    {{ return({
        'sentence': 'This release (' ~ earlier[4] ~ ' to ' ~ earlier[5] ~ ') overlaps ' ~ earlier[3] ~ ' earlier one'
        ~ ('s, the latest' if earlier[3] > 1 else '') ~ ' of ' ~ earlier[0] ~ ' (' ~ earlier[1] ~ ' to ' ~ earlier[2]
        ~ ').' ~ other_units ~ ' Anyone who has both releases can subtract them and learn about a small number of '
        ~ 'people; see docs/privacy.md.',
        'has_other_units': earlier[6] > 0,
    }) }}
{%- endmacro %}
