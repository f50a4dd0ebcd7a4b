{#
    The sums of a group of users and their contributors, for the privacy gate. For a query with one row
    per user and group. Three columns per measure:
    `<measure>` the sum, NULL when nobody has the measure;
    `<measure>_users` the number of users for whom it is not 0: without them the sum would be another;
    `<measure>_largest` the largest single contribution. It is user-level data until it is used as a share.

    select antenna_id, {{ contributions(['og_calls']) }} from ... group by antenna_id
#}
{% macro contributions(measures) -%}
    {%- for measure in measures %}
    sum({{ measure }}) as {{ measure }},
    count(nullif({{ measure }}, 0)) as {{ measure }}_users,
    max({{ measure }}) as {{ measure }}_largest{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
