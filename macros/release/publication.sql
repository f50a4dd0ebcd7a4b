{#
    Replaces the release as a whole. The tables of level 4 are built and tested in the restricted schema.
    This materialization copies them to the release schema and then, in one step, shows the copies to
    readers. A reader sees the old or the new release, never a part of one and never none.

    Each released table X is a view over a store, X_<digest of its columns>. The store has a partition per
    release. The model's own view names the current partition in its column `release_number`, and X shows
    this partition. A release is written to a new partition. The step is `alter view`, a single change in
    the catalog. Spark looks up a name once per query, so a query sees the same release in all tables.

    The previous release stays in the store until the next one, for queries that began before the step. A
    release number is never reused, because sessions cache a partition's file list.

    The model's query gives one row that describes the release. Its values and the number become the
    model's view.
#}
{% materialization publication, adapter='spark' -%}
    {%- if is_unchanged() -%}{{ return(leave()) }}{%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- set file_format = config.get('file_format', 'parquet') -%}
    {%- set number = run_started_at.strftime('%Y%m%d%H%M%S') -%}
    {%- set is_first = load_relation(this) is none -%}
    {%- set former = none if is_first
        else run_query('select cast(release_number as string) from ' ~ this).columns[0][0] | string -%}

    {%- set tables = [] -%}
    {%- for name in released_tables() -%}
        {%- set view = api.Relation.create(schema=this.schema, identifier=name) -%}
        {%- set existing = adapter.get_relation(database=none, schema=view.schema, identifier=name) -%}
        {%- set columns = adapter.get_columns_in_relation(ref(name)) -%}
        {%- set former_columns = columns if existing is none else adapter.get_columns_in_relation(existing) -%}
        {%- set table = {
            'view': view,
            'existing': existing,
            'columns': columns,
            'store': _store(view, columns),
            'former_columns': former_columns,
            'former_store': _store(view, former_columns),
        } -%}
        {%- do tables.append(table) -%}
        {%- do _add_to_store(table.store, columns, ref(name), number, file_format) -%}
        {#- If the columns differ from the last release's, the view shows the last release with the new
            columns until the step; they are NULL where the last release does not have them. -#}
        {%- if existing is not none and existing.is_view and table.store != table.former_store -%}
            {%- do _copy_release(table, former) -%}
            {%- do run_query('alter view ' ~ view ~ ' as ' ~ _current_rows(table.store)) -%}
        {%- endif -%}
    {%- endfor -%}

    {#- before the step: if the catalog does not support grants, nothing is published -#}
    {%- for table in tables -%}{%- do _grant_to_readers([table.store]) -%}{%- endfor -%}

    {%- call statement('main') -%}
        {{ 'create view ' if is_first else 'alter view ' }}{{ this }} as
        select cast({{ number }} as bigint) as release_number, {{ _as_literals(run_query(compiled_code)) }}
    {%- endcall -%}

    {%- for table in tables -%}
        {%- if table.existing is none or not table.existing.is_view -%}
            {#- tables left by versions that did not publish through views -#}
            {%- if table.existing is not none -%}{%- do adapter.drop_relation(table.existing) -%}{%- endif -%}
            {%- do run_query('create view ' ~ table.view ~ ' as ' ~ _current_rows(table.store)) -%}
        {%- endif -%}
        {%- do _drop_older_releases(table, [number, former]) -%}
    {%- endfor -%}

    {%- do _drop_tables_of_former_releases() -%}

    {%- do _grant_to_readers([this] + tables | map(attribute='view') | list) -%}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{%- endmaterialization %}


{# The store of a released table for releases with these columns. #}
{% macro _store(view, columns) -%}
    {%- set names = columns | map(attribute='name') | join(',') ~ columns | map(attribute='dtype') | join(',') -%}
    {{ return(view.incorporate(path={'identifier': view.identifier ~ '_' ~ local_md5(names)[:8]})) }}
{%- endmacro %}


{# Grants select on these to the readers in var release_readers. #}
{% macro _grant_to_readers(relations) -%}
    {%- if var('release_readers') -%}
        {%- for relation in relations -%}
            {%- do apply_grants(relation, {'select': var('release_readers')}, should_revoke=false) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{# Writes a release to its partition. Nobody reads it before the step. #}
{% macro _add_to_store(store, columns, source, number, file_format) -%}
    {%- set definitions = [] -%}
    {%- for column in columns -%}{%- do definitions.append(column.quoted ~ ' ' ~ column.dtype) -%}{%- endfor -%}
    {%- do run_query(
        'create table if not exists ' ~ store ~ ' (' ~ definitions | join(', ') ~ ', release_number bigint) using '
        ~ file_format ~ ' partitioned by (release_number)'
    ) -%}
    {%- do run_query(
        'insert overwrite table ' ~ store ~ ' partition (release_number = ' ~ number ~ ') select '
        ~ columns | map(attribute='quoted') | join(', ') ~ ' from ' ~ source
    ) -%}
{%- endmacro %}


{# Copies a release to the store with the new columns: NULL in columns that it does not have. #}
{% macro _copy_release(table, number) -%}
    {%- set known = table.former_columns | map(attribute='name') | list -%}
    {%- set expressions = [] -%}
    {%- for column in table.columns -%}
        {%- do expressions.append(
            column.quoted if column.name in known else 'cast(null as ' ~ column.dtype ~ ')'
        ) -%}
    {%- endfor -%}
    {%- if number not in partition_values(table.store, 'release_number') -%}
        {%- do run_query(
            'insert overwrite table ' ~ table.store ~ ' partition (release_number = ' ~ number ~ ') select '
            ~ expressions | join(', ') ~ ' from ' ~ table.former_store ~ ' where release_number = ' ~ number
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#
    Query of the current release's rows in a store. It is short whatever the number of columns, because
    catalogs keep at most 32,700 characters of a view.
#}
{% macro _current_rows(store) -%}
    {{ return(
        'select ' ~ all_columns_but(['release_number']) ~ ' from ' ~ store
        ~ ' where release_number = (select release_number from ' ~ this ~ ')'
    ) }}
{%- endmacro %}


{# Drops all releases of a released table but those of the given numbers. #}
{% macro _drop_older_releases(table, kept_numbers) -%}
    {%- set in_use = [table.store.identifier, table.former_store.identifier] -%}
    {%- set names = run_query(
        'show tables in ' ~ this.schema ~ " like '" ~ table.view.identifier ~ "_*'"
    ).columns['tableName'].values() -%}
    {%- for name in names if name in in_use or _is_store(table.view, name) -%}
        {%- set store = this.incorporate(path={'identifier': name}, type='table') -%}
        {%- set kept = [] -%}
        {%- for number in partition_values(store, 'release_number') -%}
            {%- if number in kept_numbers -%}
                {%- do kept.append(number) -%}
            {%- else -%}
                {%- do drop_partition(store, 'release_number = ' ~ number) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not kept and name not in in_use -%}{%- do adapter.drop_relation(store) -%}{%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# Whether a table of the release schema is a store of a released table, and not a user's copy of it. #}
{% macro _is_store(view, name) -%}
    {%- if not modules.re.fullmatch(view.identifier ~ '_[0-9a-f]{8}', name) -%}{{ return(false) }}{%- endif -%}
    {%- set columns = adapter.get_columns_in_relation(view.incorporate(path={'identifier': name}, type='table')) -%}
    {{ return('release_number' in columns | map(attribute='name')) }}
{%- endmacro %}


{# Drops released tables that this release does not have, such as those of zones. #}
{% macro _drop_tables_of_former_releases() -%}
    {%- for name in released_tables(all=true) if name not in released_tables() -%}
        {%- set view = adapter.get_relation(database=none, schema=this.schema, identifier=name) -%}
        {%- if view is not none -%}
            {%- do adapter.drop_relation(view) -%}
            {%- do _drop_older_releases({'view': view, 'store': view, 'former_store': view}, []) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# The one row of a query as a select list of literals. #}
{% macro _as_literals(result) -%}
    {%- for name in result.column_names -%}
        {%- set value = result.rows[0][name] -%}
        {%- if value is none -%}
            null
        {%- elif value is number -%}
            cast({{ value }} as bigint)
        {%- elif value is string -%}
            {{ text_literal(value) }}
        {%- elif value.hour is defined -%}
            timestamp {{ text_literal(value) }}
        {%- else -%}
            date {{ text_literal(value) }}
        {%- endif %} as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
