{# Names of the vars that levels 0 to 2 do not depend on: those of the privacy gate and of publication. #}
{% macro vars_of_the_release() -%}
    {{ return([
        'privacy_k', 'privacy_max_share', 'release_digits', 'overlapping_release', 'release_readers', 'clean_up',
        'earlier_release',
    ]) }}
{%- endmacro %}
