{#
    Query of the sums over pairs of users and correspondents, by `keys`, with their contributors, as
    `contributions` gives them: the number of users of the end with fewer, and the largest contribution of
    either end. `pairs` has one row per user and correspondent.

    {{ contributions_of_both_ends(ref('user_interactions'), ['antenna_id1', 'antenna_id2'], ['call_count']) }}
#}
{% macro contributions_of_both_ends(pairs, keys, counts) -%}
with {% for end, user in {'end1': 'user_id', 'end2': 'correspondent_id'}.items() -%}
{{ end }}_users as (

    select
        {{ keys | join(', ') }},
        {%- for count in counts %}
        sum({{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ pairs }}
    group by {{ keys | join(', ') }}, {{ user }}

),

{{ end }} as (

    select
        {{ keys | join(', ') }},
        {{- contributions(counts) }}
    from {{ end }}_users
    group by {{ keys | join(', ') }}

){{ ',\n\n' if not loop.last else '\n' }}
{%- endfor %}
select
    {%- for key in keys %}
    end1.{{ key }},
    {%- endfor %}
    {%- for count in counts %}
    end1.{{ count }},
    least(end1.{{ count }}_users, end2.{{ count }}_users) as {{ count }}_users,
    greatest(end1.{{ count }}_largest, end2.{{ count }}_largest) as {{ count }}_largest
    {{- ',' if not loop.last }}
    {%- endfor %}
from end1
inner join end2
    on
        {%- for key in keys %}
        {{ 'and ' if not loop.first }}end1.{{ key }} = end2.{{ key }}
        {%- endfor %}
{%- endmacro %}
