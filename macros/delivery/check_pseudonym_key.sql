{# Post-hook of pseudonym_key: stops the run when the key is not one line of enough digits. #}
{% macro check_pseudonym_key(pseudonym_key) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set key = run_query(
        "select count(*), count_if(value rlike '^[0-9a-fA-F]{32,}$') from "
        ~ pseudonym_key
    ).rows[0] -%}
    {%- if key[0] != 1 or key[1] != 1 -%}
        {{ exceptions.raise_compiler_error(
            "The key file '" ~ pseudonym_key_file() ~ "' has " ~ key[0] ~ ' lines. It must be one line '
            ~ 'of 64 hexadecimal digits (256 bits; at least 128).'
        ) }}
    {%- endif -%}
{%- endmacro %}
