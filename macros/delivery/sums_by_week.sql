{#
    A model that adds up the accepted rows of each week, including those of machines. It computes a week
    again only if the rows or parameters of the week have changed. The block is the query of the sums,
    from `accepted`. It has the columns `user_id`, `period` and `week`. The rows of a week must come only
    from the accepted rows of that week.

    {% call sums_by_week() %}
    select user_id, period, week, count(*) as events from accepted group by user_id, period, week
    {% endcall %}
#}
{% macro sums_by_week(inputs=none) -%}
    {%- set sums = caller() | trim -%}
    {%- set accepted -%}
        select
            user_id,
            antenna_id,
            direction,
            interaction,
            call_duration,
            cast(event_at as date) as day,
            hour(event_at) as hour,
            {{ week_start('cast(event_at as date)') }} as week,
            {{ period_of('event_at') }} as period
        from {{ ref('delivered_rows') }} as delivered_rows
        {{ without_strays('delivered_rows', 'cast(delivered_rows.event_at as date)') }}
        where outcome = 'accepted'
    {%- endset -%}
    {#- without the schema, so that it is equal in all schemas -#}
    {%- set definition = (accepted ~ sums) | replace(this.schema, '') -%}
    {%- set versions = _week_versions(local_md5(definition), inputs) -%}

    -- only after the quality gates
    -- depends_on: {{ ref('delivery_quality') }}

    with accepted as (

        {{ accepted }}
        {{- _and_week_is_new(versions) }}

    ),

    sums as (

        {{ sums }}

    ),

    versions as (

        {{ versions }}

    )

    select
        sums.*,
        versions.week_version
    from sums
    inner join versions
        on sums.week = versions.week
{%- endmacro %}


{#
    Query of the weeks with accepted rows: `week` and `week_version`. The version is 16 hexadecimal
    digits. It changes with the files of the week, with the query of the sums (`definition`), and with the
    rows of the query `inputs`.
#}
{% macro _week_versions(definition, inputs) -%}
    select
        {{ week_start('day') }} as week,
        left(sha2(concat_ws(
            '|', '{{ definition }}',
            {% if inputs -%}
            (select sum(cast(xxhash64(inputs.*) as decimal(38))) from ({{ inputs }}) as inputs),
            {%- endif %}
            array_sort(collect_set(concat(file_version, source_file)))
        ), 256), 16) as week_version
    from {{ ref('delivered_files') }} as files
    {{ without_strays('files', 'files.day') }}
    where outcome = 'accepted'
    group by {{ week_start('day') }}
{%- endmacro %}


{#
    Condition for a query of delivered_rows: the table does not have the current version of their week.
    Empty when everything is to be computed, and when the query is only compiled, not run.
#}
{% macro _and_week_is_new(versions) -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'retry') and is_incremental() -%}
        {%- set weeks = run_query(
            'select now.week, files.source_file from (' ~ versions ~ ') as now left anti join '
            ~ this ~ ' as complete on now.week = complete.week and now.week_version = complete.week_version '
            ~ 'inner join ' ~ ref('delivered_files') ~ ' as files on now.week = ' ~ week_start('files.day')
            ~ " and files.outcome = 'accepted'"
        ) -%}
        and {{ week_start('cast(event_at as date)') }} in (
            {{- literal_list(weeks.columns[0].values() | map('string') | unique, as_type='date') }})
        and source_file in ({{ literal_list(weeks.columns[1].values() | unique(case_sensitive=true), as_type='text') }})
    {%- endif -%}
{%- endmacro %}
