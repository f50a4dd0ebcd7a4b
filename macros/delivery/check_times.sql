{#
    Pre-hook of cdr: stops the run when Spark's sessions are not in UTC or would convert values wrongly, or
    when Spark does not know a timestamp pattern or a time zone of the layout.
#}
{% macro check_times() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set zone = run_query('select current_timezone()').columns[0][0] -%}
    {%- if zone != 'UTC' -%}
        {{ exceptions.raise_compiler_error(
            "Spark's sessions are in the time zone " ~ zone ~ ', where some local times do not exist. Set '
            ~ 'spark.sql.session.timeZone to UTC on the server.'
        ) }}
    {%- endif -%}
    {%- if run_query('set spark.sql.ansi.enabled').rows[0][1] | string | lower != 'true' -%}
        {{ exceptions.raise_compiler_error(
            "Spark's ANSI mode is off: a number that is too large would become another number or NULL. Set "
            ~ 'spark.sql.ansi.enabled to true on the server.'
        ) }}
    {%- endif -%}
    {%- for kind in raw_kinds() -%}
        {%- for pattern in timestamp_patterns(kind) -%}{%- do _check_pattern(pattern) -%}{%- endfor -%}
        {%- for name in ['data_timezone', 'local_timezone'] if kind[name] is not none
            and adapter.spark_refuses(
                "select convert_timezone('UTC', " ~ text_literal(kind[name]) ~ ", timestamp_ntz '2024-01-01 00:00:00')"
            ) -%}
            {{ exceptions.raise_compiler_error(
                "Spark's Java does not know the " ~ name ~ " '" ~ kind[name] ~ "' of the layout. Use another name "
                ~ 'of the same zone, such as Africa/Khartoum.'
            ) }}
        {%- endfor -%}
    {%- endfor -%}
    {%- do _check_pattern(raw_layout().locations.date_format) -%}
{%- endmacro %}


{# Stops the run when Spark does not know a datetime pattern. #}
{% macro _check_pattern(pattern) -%}
    {%- if pattern not in ['yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd', 'epoch', 'epoch_ms']
        and adapter.spark_refuses("select try_to_timestamp('', " ~ text_literal(pattern) ~ ')') -%}
        {{ exceptions.raise_compiler_error(
            "Spark cannot read times with the pattern '" ~ pattern ~ "'. Its letters are described at "
            ~ 'https://spark.apache.org/docs/latest/sql-ref-datetime-pattern.html.'
        ) }}
    {%- endif -%}
{%- endmacro %}
