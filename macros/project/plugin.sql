{#
    dbt's adapter with the methods of the project's plugin dbt_gnuper. If the plugin is not installed, dbt
    stops with a clear message.

    {{ plugin().features() }}
#}
{% macro plugin() -%}
    {%- if adapter.layout is undefined -%}
        {{ exceptions.raise_compiler_error(
            "This environment lacks the project's plugin for dbt, dbt_gnuper. `make setup` installs it into .venv. "
            ~ 'For another environment run `pip install --editable .` in the folder of the project.'
        ) }}
    {%- endif -%}
    {{ return(adapter) }}
{%- endmacro %}
