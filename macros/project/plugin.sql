{#
    dbt's adapter with the methods that the project's plugin dbt_gnuper adds to it. Stops dbt with a
    sentence where the plugin is not installed.

    {{ plugin().features() }}
#}
{% macro plugin() -%}
    {%- if adapter.layout is undefined -%}
        {{ exceptions.raise_compiler_error(
            "This environment lacks the project's plugin for dbt, dbt_gnuper. `make setup` installs it into .venv; "
            ~ 'elsewhere run `pip install --editable .` in the folder of the project.'
        ) }}
    {%- endif -%}
    {{ return(adapter) }}
{%- endmacro %}
