{#
    Why the antennas of two releases cannot be compared, as a sentence; none if they can be. Warns of
    periods that only one of the two releases has.

    {{ why_incomparable(released('final_features', var('earlier_release')), released('final_features')) }}
#}
{% macro why_incomparable(earlier, later) -%}
    {%- set has = [has_periods(earlier), has_periods(later)] -%}
    {%- if has[0] != has[1] -%}
        {{ return(
            'Only the ' ~ ('earlier' if has[0] else 'later') ~ ' release has periods, so none of its antennas has a '
            ~ 'counterpart. Compare releases that were made with the same var period.'
        ) }}
    {%- elif not has[0] -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set periods = [] -%}
    {%- for relation in [earlier, later] -%}
        {%- do periods.append(
            run_query('select distinct period from ' ~ relation ~ ' order by period').columns[0].values() | list
        ) -%}
    {%- endfor -%}
    {%- set one_only = [
        periods[0] | reject('in', periods[1]) | list, periods[1] | reject('in', periods[0]) | list
    ] -%}
    {%- set difference = 'Periods only in the earlier release: ' ~ _listed(one_only[0])
        ~ '; only in the later one: ' ~ _listed(one_only[1]) ~ '.' -%}
    {%- if one_only[0] | length == periods[0] | length -%}
        {{ return(
            'The two releases have no period in common. ' ~ difference ~ ' To compare different times, make both '
            ~ 'releases with var period all.'
        ) }}
    {%- elif one_only[0] or one_only[1] -%}
        {%- do exceptions.warn(
            'The two releases have different periods; only common periods are compared. ' ~ difference
        ) -%}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}


{# Number, first and last of some periods, in words. #}
{% macro _listed(periods) -%}
    {%- if periods -%}
        {{ periods | length }} ({{ [periods[0], periods[-1]] | unique | join(' to ') }})
    {%- else -%}
        none
    {%- endif -%}
{%- endmacro %}
