{#
    A fingerprint of the definition of the raw tables: where the files are and how they are read.
#}
{% macro raw_definition() -%}
    {{ return(local_md5(tojson([
        raw_data_folder(), file_patterns(), locations_file(), pseudonym_key_file(), raw_layout(),
    ], sort_keys=true))) }}
{%- endmacro %}
