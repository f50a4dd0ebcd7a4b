{# Pre-hook of a model with a partition per week: drops the weeks that have no accepted row any more. #}
{% macro forget_withdrawn_weeks() -%}
    {%- if execute and is_incremental() -%}
        {%- set weeks = run_query(
            'select distinct cast(' ~ week_start('day') ~ ' as string) from ' ~ ref('delivered_files')
            ~ ' as files ' ~ without_strays('files', 'files.day')
            ~ " where outcome = 'accepted'"
        ).columns[0].values() -%}
        {%- for week in partition_values(this, 'week') if week not in weeks -%}
            {%- do drop_partition(this, 'week = date ' ~ text_literal(week)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
