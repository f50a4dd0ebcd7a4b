{#
    Warns or stops (var overlapping_release) if an earlier release in the ledger covers some of the same
    days and is not the same release: their difference can be about a small number of people.
#}
{% macro check_overlap(release_period) -%}
    {%- if execute and var('overlapping_release') != 'allow' -%}
        {%- set overlap = overlap_of(release_period) -%}
        {%- if overlap.sentence -%}{%- do tell_of_overlap(overlap.sentence, overlap.has_other_units) -%}{%- endif -%}
    {%- endif -%}
{%- endmacro %}
