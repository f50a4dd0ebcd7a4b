{#
    Replaces the release as a whole. The tables of level 4 are built and tested in the restricted
    schema; this materialization copies them to the release schema and then, in one step, makes
    readers see the copies. A reader finds the old release or the new one, never a part, never none.

    Each released table X is a view over two tables, X_a and X_b, of which it shows one: the one that
    the model's own view names in its column `slot`. The release is written to the other one; the
    step is `alter view`, a single change in the catalog.

    The model's query gives one row that says what is released; its values, and the slot, become the
    model's view.
#}
{% materialization publication, adapter='spark' -%}
    {{ run_hooks(pre_hooks) }}
    {%- set file_format = config.get('file_format', 'parquet') -%}
    {%- set is_first = load_relation(this) is none -%}
    {%- set current = none if is_first else run_query('select slot from ' ~ this).columns[0][0] -%}
    {%- set slot, other = ('b', 'a') if current == 'a' else ('a', 'b') -%}

    {%- set changed = [] -%}
    {%- for name in released_tables() -%}
        {%- set candidate = ref(name) -%}
        {%- set view = api.Relation.create(schema=this.schema, identifier=name) -%}
        {%- set existing = adapter.get_relation(database=none, schema=view.schema, identifier=name) -%}
        {%- do _fill_slot(view, slot, candidate, file_format) -%}
        {%- if is_first or existing is none or not existing.is_view or _columns(existing) != _columns(candidate) -%}
            {%- do changed.append({'view': view, 'existing': existing, 'candidate': candidate}) -%}
        {%- endif -%}
    {%- endfor -%}

    {#- New columns do not fit the other slot: until that is empty and has them too, the view shows the
        new release alone. -#}
    {%- for table in changed -%}
        {%- set query = 'select * from ' ~ table.view ~ '_' ~ slot -%}
        {%- if table.existing is not none and table.existing.is_view -%}
            {%- do run_query('alter view ' ~ table.view ~ ' as ' ~ query) -%}
        {%- else -%}
            {%- if table.existing is not none -%}{%- do adapter.drop_relation(table.existing) -%}{%- endif -%}
            {%- do run_query('create view ' ~ table.view ~ ' as ' ~ query) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- call statement('main') -%}
        {{ 'create view ' if is_first else 'alter view ' }}{{ this }} as
        select {{ text_literal(slot) }} as slot, {{ _as_literals(run_query(compiled_code)) }}
    {%- endcall -%}

    {%- for table in changed -%}
        {%- do _fill_slot(table.view, other, table.candidate ~ ' limit 0', file_format) -%}
        {%- do run_query(
            'alter view ' ~ table.view ~ ' as select * from ' ~ table.view ~ '_a where (select slot from '
            ~ this ~ ") = 'a' union all select * from " ~ table.view ~ '_b where (select slot from ' ~ this
            ~ ") = 'b'"
        ) -%}
    {%- endfor -%}

    {%- if var('release_readers') -%}
        {%- for name in released_tables() -%}
            {%- for part in ['', '_a', '_b'] -%}
                {%- do apply_grants(
                    api.Relation.create(schema=this.schema, identifier=name ~ part),
                    {'select': var('release_readers')}, should_revoke=false
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do apply_grants(this, {'select': var('release_readers')}, should_revoke=false) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{%- endmaterialization %}


{# Writes one slot of a released table anew; nobody reads it at that time. #}
{% macro _fill_slot(view, slot, source, file_format) -%}
    {%- do run_query('drop table if exists ' ~ view ~ '_' ~ slot) -%}
    {%- do run_query(
        'create table ' ~ view ~ '_' ~ slot ~ ' using ' ~ file_format ~ ' as select * from ' ~ source
    ) -%}
{%- endmacro %}


{% macro _columns(relation) -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | list) }}
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
