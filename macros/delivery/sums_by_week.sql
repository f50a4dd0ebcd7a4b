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
    {%- set adds_weeks = execute and flags.WHICH in ('run', 'build', 'retry') and is_incremental() -%}
    {%- if adds_weeks -%}{%- do _forget_stale_weeks(versions) -%}{%- endif -%}

    -- only after the quality gates
    -- depends_on: {{ ref('delivery_quality') }}

    with accepted as (

        {{ accepted }}
        {{- _and_week_is_new(versions) if adds_weeks }}

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
    Drops the weeks that the table does not have in their current version. `insert_overwrite` replaces only
    weeks that have rows: it would keep the old rows of a week whose new version has none.
#}
{% macro _forget_stale_weeks(versions) -%}
    {%- set weeks = run_query(
        'select distinct cast(earlier.week as string) from ' ~ this ~ ' as earlier left anti join (' ~ versions
        ~ ') as now on earlier.week = now.week and earlier.week_version = now.week_version'
    ).columns[0].values() -%}
    {%- for week in weeks -%}
        {%- do drop_partition(this, 'week = date ' ~ text_literal(week)) -%}
    {%- endfor -%}
{%- endmacro %}


{# Condition for a query of delivered_rows: the table does not have their week. #}
{% macro _and_week_is_new(versions) -%}
    {%- set weeks = run_query(
        'select now.week, files.source_file from (' ~ versions ~ ') as now left anti join '
        ~ this ~ ' as complete on now.week = complete.week '
        ~ 'inner join ' ~ ref('delivered_files') ~ ' as files on now.week = ' ~ week_start('files.day')
        ~ " and files.outcome = 'accepted'"
    ) -%}
    and {{ week_start('cast(event_at as date)') }} in (
        {{- literal_list(weeks.columns[0].values() | map('string') | unique, as_type='date') }})
    and source_file in ({{ literal_list(weeks.columns[1].values() | unique(case_sensitive=true), as_type='text') }})
{%- endmacro %}
