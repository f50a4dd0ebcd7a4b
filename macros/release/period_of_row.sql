{#
    The period that a row of level 4 is about, in the run that makes it. Readers of a release do not
    know its vars; see period_in.
#}
{% macro period_of_row(table=none) -%}
    {{ period_of(none) if var('period') == 'all' else (table ~ '.' if table else '') ~ 'period' }}
{%- endmacro %}
