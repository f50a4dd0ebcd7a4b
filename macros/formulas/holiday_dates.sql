{#
    Query of the holidays, one row per date: the dates of var holidays if it is given, otherwise those of
    seeds/holidays.csv.

    with holidays as ({{ holiday_dates() }})
#}
{% macro holiday_dates() -%}
    {%- if var('holidays') is none -%}
        {%- if execute and flags.WHICH == 'run' and load_relation(ref('holidays')) is none -%}
            {{ exceptions.raise_compiler_error(
                'There is no table of holidays, and `dbt run` loads no seeds. `dbt seed` makes it from '
                ~ 'seeds/holidays.csv, and so does `dbt build`. Or list the dates in var holidays ([] for none).'
            ) }}
        {%- endif -%}
        select distinct holidays.day from {{ ref('holidays') }} as holidays
    {%- else -%}
        select explode(
            array_distinct(cast(array({{ literal_list(var('holidays'), as_type='date') }}) as array<date>))
        ) as day
    {%- endif -%}
{%- endmacro %}
