{# one row per antenna and block of hours with an event of a resident #}

-- The day is cut into sections by working hours, peaks and night. Readers can compute sums over
-- several of them: the blocks. A user's sections are summed before the blocks, as they are few.
with sections as (

    select
        user_id,
        case
            {%- for section, hours in sections_of_the_day().items() %}
            when hour in ({{ literal_list(hours, as_type='number') }}) then {{ section }}
            {%- endfor %}
        end as section,
        {%- for measure in measures() %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('user_metrics_hourly') }}
    group by user_id, section

),

block_sections as (

    select
        block,
        explode(block_sections) as section
    from values
        {%- for block, sections in blocks_of_the_day().items() %}
        ('{{ block }}', array({{ sections | join(', ') }})){{ ',' if not loop.last }}
        {%- endfor %}
        as (block, block_sections)

),

user_blocks as (

    select
        sections.user_id,
        block_sections.block,
        {%- for measure in measures() %}
        sum(sections.{{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from sections
    inner join block_sections
        on sections.section = block_sections.section
    group by sections.user_id, block_sections.block

)

select
    residents.antenna_id,
    user_blocks.block,
    {{- contributions(measures()) }}
from user_blocks
inner join {{ ref('residents') }} as residents
    on user_blocks.user_id = residents.user_id
group by
    residents.antenna_id,
    user_blocks.block
