{#
    All columns of a query's table but the given ones, without listing the others: a view of hundreds of
    columns would be longer than catalogs keep. Spark 3.5 has no `* except`. It knows columns by a pattern,
    and a view keeps the setting with which it was created. Spark has to be asked on the connection that
    creates the view, so the macro is for views alone.

    select {{ all_columns_but(['n_users']) }} from ...  ->  select * except (n_users) from ...
#}
{% macro all_columns_but(names) -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'retry')
        and adapter.spark_refuses('select * except (a) from (select 1 as a, 2 as b)') -%}
        {%- do run_query('set spark.sql.parser.quotedRegexColumnNames = true') -%}
        `({{ names | join('|') }})?+.+`
    {%- else -%}
        * except ({{ names | join(', ') }})
    {%- endif -%}
{%- endmacro %}
