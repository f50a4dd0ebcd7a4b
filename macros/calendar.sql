{#
    The first day of the week that a date lies in. Weeks start on the ISO weekday var
    week_starts_on. Naming a week by its first day keeps weeks of different years apart.

    {{ week_start('day') }}
#}
{% macro week_start(day) -%}
    date_sub({{ day }}, pmod(weekday({{ day }}) + 1 - {{ var('week_starts_on') }}, 7))
{%- endmacro %}


{#
    'weekend' if the date's ISO weekday is one of var weekend_days, else 'holiday' if the condition
    `is_holiday` holds, else 'workday'.

    {{ week_part('day', is_holiday='holidays.day is not null') }}
#}
{% macro week_part(day, is_holiday) -%}
    case
        when weekday({{ day }}) + 1 in ({{ literal_list(var('weekend_days'), as_type='number') }})
            then 'weekend'
        when {{ is_holiday }} then 'holiday'
        else 'workday'
    end
{%- endmacro %}


{#
    Query of the holidays, one row per date: those of var holidays if it is given, otherwise those
    of the table seeds/holidays.csv.

    with holidays as ({{ holiday_dates() }})
#}
{% macro holiday_dates() -%}
    {%- if var('holidays') is none -%}
        {%- if execute and flags.WHICH == 'run' and load_relation(ref('holidays')) is none -%}
            {{ exceptions.raise_compiler_error(
                'There is no table of holidays, and `dbt run` loads no seeds. `dbt seed` makes it from '
                ~ 'seeds/holidays.csv, `dbt build` does so by itself; or list the dates in var holidays ([] for none).'
            ) }}
        {%- endif -%}
        select distinct holidays.day from {{ ref('holidays') }} as holidays
    {%- else -%}
        select explode(
            array_distinct(cast(array({{ literal_list(var('holidays'), as_type='date') }}) as array<date>))
        ) as day
    {%- endif -%}
{%- endmacro %}


{#
    The windows of the day that features compare with the whole of it: names, with the first and the
    last hour of each.
#}
{% macro windows_of_the_day() -%}
    {{ return({
        'late_peak': [var('lp_begin'), var('lp_end')],
        'early_peak': [var('ep_begin'), var('ep_end')],
        'work': [var('work_begin'), var('work_end')],
    }) }}
{%- endmacro %}


{#
    Condition: an hour of the day lies in the window from `first` to `last`, both included.

    {{ in_hours('hour', 9, 17) }}  ->  hour between 9 and 17
#}
{% macro in_hours(hour, first, last) -%}
    {{ hour }} between {{ first }} and {{ last }}
{%- endmacro %}


{#
    Condition: an hour of the day belongs to the night, which lasts over midnight from
    var noct_begin to just before var noct_end.
#}
{% macro is_night(hour) -%}
    ({{ hour }} >= {{ var('noct_begin') }} or {{ hour }} < {{ var('noct_end') }})
{%- endmacro %}
