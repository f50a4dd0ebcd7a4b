{#
    The options of a table over raw files, for `options (...)`: the path, taken literally, with a glob of
    `folders` below it if there is one, and the given `options`.

    {{ file_options('/data/cells.csv', {'sep': ','}) }}  ->  path '/data/cells.csv', sep ','
#}
{% macro file_options(path, options={}, folders='') -%}
    {%- set settings = [] -%}
    {%- for name, value in dict({'path': _literal_path(path) ~ folders}, **options).items() -%}
        {%- do settings.append(name ~ ' ' ~ text_literal(value)) -%}
    {%- endfor -%}
    {{ settings | join(', ') }}
{%- endmacro %}


{# A path, escaped: otherwise Spark would read [x], {x}, * and ? in it as patterns. #}
{% macro _literal_path(path) -%}
    {{ return(modules.re.sub('([][{}*?\\\\])', '\\\\\\1', path)) }}
{%- endmacro %}
