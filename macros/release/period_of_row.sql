{#
    The period of a row of level 4, in the run that makes the release. Readers of a release do not know
    its vars; for them see period_in.
#}
{% macro period_of_row(table=none) -%}
    {{ period_of(none) if var('period') == 'all' else (table ~ '.' if table else '') ~ 'period' }}
{%- endmacro %}
