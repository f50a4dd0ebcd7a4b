{#
    'weekend' if the date's ISO weekday is in var weekend_days, else 'holiday' if the condition
    `is_holiday` is true, else 'workday'.

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
