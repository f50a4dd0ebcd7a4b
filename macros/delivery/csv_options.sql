{# Options of Spark's CSV reader for a layout, or for the locations of one. #}
{% macro csv_options(layout) -%}
    {{ return({
        'sep': layout.delimiter,
        'quote': layout.quote,
        'escape': layout.escape,
        'encoding': layout.encoding,
        'header': layout.header | string | lower,
        'mode': 'PERMISSIVE',
        'columnNameOfCorruptRecord': 'malformed_row',
        'columnPruning': 'false',
        'maxColumns': '1000000',
    }) }}
{%- endmacro %}
