{#
    The blocks of hours whose sums readers can compute, by name, each with the numbers of its sections (see
    `sections_of_the_day`).

    {{ blocks_of_the_day() }}  ->  {'hours 9-17': [3, 4], ...}
#}
{% macro blocks_of_the_day() -%}
    {{ return(
        plugin().blocks_of_the_day(windows_of_the_day(), [var('noct_begin'), var('noct_end')], var('bandicoot'))
    ) }}
{%- endmacro %}
