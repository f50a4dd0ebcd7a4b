{#
    Post-hook of release_audit: stops the run before anything is published if the release breaks a promise.
#}
{% macro check_audit(release_audit) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- for audit in run_query('select * from ' ~ release_audit ~ ' where violations > 0').rows -%}
        {{ exceptions.raise_compiler_error(
            'Nothing was released, the last release stays: the audit ' ~ audit[0] ~ ' found ' ~ audit[1]
            ~ ' kinds of violations. `dbt show -s ' ~ audit[0] ~ '` lists them, and the top of the model says '
            ~ 'what they mean.'
        ) }}
    {%- endfor -%}
{%- endmacro %}
