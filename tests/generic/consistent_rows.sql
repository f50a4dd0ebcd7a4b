{#
    All rules for the rows of a model, in one query. Returns the broken rules and the number of
    violations, never a row. All arguments are optional:

    grain          columns (or expressions) that identify a row: unique together, none of them NULL
    not_null       columns that are never NULL
    ranges         column: [least, greatest], both allowed; null for no limit; a NULL value passes
    contributions  measures made by the macro `contributions`: sum, users and largest must agree
    rules          name: condition; a row for which the condition is NULL passes

    An example, as an entry of a model's data_tests:

    consistent_rows: {arguments: {
        grain: [antenna_id, hour],
        ranges: {hour: [0, 23]},
        rules: {part is known: "part in ('night', 'day')"}
    }}
#}
{% test consistent_rows(model, grain=[], not_null=[], ranges={}, contributions=[], rules={}) %}

{%- set conditions = {} -%}
{%- for column in grain + not_null -%}
    {%- do conditions.update({column ~ ' is not NULL': column ~ ' is not null'}) -%}
{%- endfor -%}
{%- for column, limits in ranges.items() -%}
    {%- if limits[0] is not none -%}
        {%- do conditions.update({column ~ ' >= ' ~ limits[0]: column ~ ' >= ' ~ limits[0]}) -%}
    {%- endif -%}
    {%- if limits[1] is not none -%}
        {%- do conditions.update({column ~ ' <= ' ~ limits[1]: column ~ ' <= ' ~ limits[1]}) -%}
    {%- endif -%}
{%- endfor -%}
{%- for measure in contributions -%}
    {%- do conditions.update({
        measure ~ ' has users and a largest one': (
            measure ~ '_users is not null and case when ' ~ measure ~ '_users > 0 then coalesce('
            ~ measure ~ '_largest between 0 and ' ~ measure ~ ', false) else coalesce('
            ~ measure ~ ', 0) = 0 and coalesce(' ~ measure ~ '_largest, 0) = 0 end'
        ),
    }) -%}
{%- endfor -%}
{%- do conditions.update(rules) -%}

with counted as (

    select
        {%- for condition in conditions.values() %}
        count_if(not ({{ condition }})) as rule_{{ loop.index }},
        {%- endfor %}
        {% if grain -%}
        count(*) - count(distinct struct({{ grain | join(', ') }}))
        {%- else -%}
        cast(0 as bigint)
        {%- endif %} as duplicates
    from {{ model }}

),

violations as (

    select
        stack(
            {{ conditions | length + 1 }},
            {%- for name in conditions %}
            {{ text_literal(name) }}, rule_{{ loop.index }},
            {%- endfor %}
            'grain is unique', duplicates
        ) as (rule, violations)
    from counted

)

select
    rule,
    violations
from violations
where violations > 0

{% endtest %}
