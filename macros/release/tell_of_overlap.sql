{#
    Warns, or stops the run, by var overlapping_release. If the var is null, the run stops if the units of the
    two releases differ.
#}
{% macro tell_of_overlap(sentence, has_other_units=false) -%}
    {%- if var('overlapping_release') == 'stop' or (var('overlapping_release') is none and has_other_units) -%}
        {{ exceptions.raise_compiler_error(
            sentence ~ ' Nothing was released. Release other days, or set overlapping_release to warn.'
        ) }}
    {%- endif -%}
    {%- do exceptions.warn(sentence) -%}
{%- endmacro %}
