{#
    on-run-end: repeats the warning of an overlapping release, which is hundreds of lines earlier on the
    screen, after a run that has released.
#}
{% macro tell_of_overlap_again(results) -%}
    {%- set released = results | selectattr('node.name', 'equalto', 'current_release')
        | selectattr('status', 'equalto', 'success') | list -%}
    {%- if execute and released and var('overlapping_release') in [none, 'warn'] -%}
        {%- set sentence = overlap_of(relation_of('release_period')).sentence -%}
        {%- if sentence -%}
            {%- do exceptions.warn('DO NOT GIVE ANYONE BOTH RELEASES: ' ~ sentence) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
