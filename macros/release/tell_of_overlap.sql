{# Warns, or stops the run, by var overlapping_release. #}
{% macro tell_of_overlap(sentence) -%}
    {%- if var('overlapping_release') == 'stop' -%}
        {{ exceptions.raise_compiler_error(
            sentence ~ ' Nothing was released. Release other days, or set overlapping_release to warn.'
        ) }}
    {%- endif -%}
    {%- do exceptions.warn(sentence) -%}
{%- endmacro %}
