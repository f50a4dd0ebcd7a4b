{#
    Pre-hook of current_release: stops the run when no value about people may be released. Such a release
    never replaces the last one.
#}
{% macro check_that_values_are_released(release_report) -%}
    {%- if execute and run_query(
        'select * from ' ~ release_report ~ " where released_table = 'final_features' and released > 0 and not ("
        ~ is_about_the_place('feature') ~ ') limit 1'
    ).rows | length == 0 -%}
        {{ exceptions.raise_compiler_error(
            'No value of any antenna may be released: no antenna has more than ' ~ var('privacy_k') ~ ' residents '
            ~ '(var privacy_k). Nothing was released; the last release stays. Read more days or more users; '
            ~ 'antenna_residents tells how many residents each antenna has.'
        ) }}
    {%- endif -%}
{%- endmacro %}
