{#
    on-run-start: finds the levels that are still what this run would build. Their models then do nothing
    (`unless_unchanged`).

    A run that has built levels 0 to 2, or all levels, leaves a fingerprint of everything that they depend
    on, as a property of the table delivered_files: the code, the vars, the files, the key, Spark's settings.
    This hook compares it with the fingerprint of now. Only whole runs build nothing; a run of some models,
    or with `--full-refresh`, builds what it is told to. A run that builds anything first removes the
    property, so a run that ends early leaves none.
#}
{% macro find_unchanged() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- do plugin().set_unchanged([]) -%}
    {%- if flags.WHICH not in ('run', 'build', 'retry', 'seed') -%}{{ return('') }}{%- endif -%}
    {%- if _is_whole_run() -%}
        {%- do check_local_key_file() -%}
        {%- do adapter.note_inputs(dict(_inputs_that_dbt_sees(), code=[dbt_version, adapter.code_at_start()])) -%}
    {%- endif -%}
    {%- set keeper = load_relation(relation_of('delivered_files')) -%}
    {%- if keeper is none -%}{{ return('') }}{%- endif -%}
    {%- set remembered = _remembered_inputs(keeper) -%}
    {%- set unchanged = [] -%}
    {%- set now = {} -%}
    {%- if remembered and _is_whole_run() and not flags.FULL_REFRESH -%}
        {%- do now.update(_fingerprints(is_before_the_run=true) or {}) -%}
        {%- if remembered.loads == 'seeds' or remembered.loads == _loads() -%}
            {%- if remembered.of_antennas == now.of_antennas and _are_there(_levels_0_to_2()) -%}
                {%- do unchanged.extend(_levels_0_to_2()) -%}
                {%- if remembered.of_all == now.of_all and _are_there(_levels_3_and_4()) -%}
                    {%- do unchanged.extend(_levels_3_and_4()) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {%- if unchanged == _levels_0_to_2() + _levels_3_and_4() -%}
        {%- do log(
            'Nothing has changed since the run of ' ~ remembered.at ~ ' UTC: files, vars, key and code are the same. '
            ~ 'So nothing is built, and the release stays as it is. What that run warned of still holds. '
            ~ '`dbt build --full-refresh` builds everything anew.', info=true
        ) -%}
    {%- elif unchanged -%}
        {%- set reason = 'only vars of the privacy gate or of the release have changed'
            if remembered.of_all and remembered.of_all != now.of_all
            else 'only tables of levels 3 and 4 are missing' -%}
        {%- do log(
            'Levels 0 to 2 stay as the run of ' ~ remembered.at ~ ' UTC has built them: ' ~ reason
            ~ '. `dbt build --full-refresh` builds them anew.', info=true
        ) -%}
    {%- endif -%}
    {%- if not unchanged -%}
        {%- do run_query(_forget(keeper)) -%}
    {%- elif unchanged == _levels_0_to_2() -%}
        {%- do _remember(keeper, dict(remembered, of_all=none)) -%}
    {%- endif -%}
    {%- do adapter.set_unchanged(unchanged) -%}
{%- endmacro %}


{#
    on-run-end: leaves the fingerprint of the levels that a whole run has built. Removes it if a data test has
    failed, because the tables may be damaged: the next run then builds everything.
#}
{% macro remember_inputs(results) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set failed = results | selectattr('node.resource_type', 'equalto', 'test')
        | selectattr('status', 'in', ['fail', 'error']) | list -%}
    {%- if failed -%}
        {#- whoever only tests may have no right to change the table, or there is none -#}
        {%- do adapter.spark_refuses(_forget(relation_of('delivered_files'))) -%}
        {{ return('') }}
    {%- endif -%}
    {%- if flags.WHICH not in ('run', 'build') or not _is_whole_run() -%}{{ return('') }}{%- endif -%}
    {%- set built = results | selectattr('node.resource_type', 'equalto', 'model')
        | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
    {%- set missing = _models(_levels_0_to_2() + _levels_3_and_4()) | rejectattr('unique_id', 'in', built)
        | map(attribute='fqn') | map(attribute=1) | list -%}
    {%- if adapter.is_unchanged('final') or _levels_0_to_2() | select('in', missing) | list -%}{{ return('') }}{%- endif -%}
    {%- set inputs = _fingerprints(is_before_the_run=false) -%}
    {%- if inputs -%}
        {%- do _remember(relation_of('delivered_files'), {
            'loads': _loads(),
            'at': run_started_at.strftime('%Y-%m-%d %H:%M:%S'),
            'of_antennas': inputs.of_antennas,
            'of_all': none if missing else inputs.of_all,
        }) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _levels_0_to_2() -%}{{ return(['staging', 'user', 'antenna']) }}{%- endmacro %}


{% macro _levels_3_and_4() -%}{{ return(['features', 'final']) }}{%- endmacro %}


{# Whether the holidays of a run are those of the seed's file: `dbt run` loads no seeds. #}
{% macro _loads() -%}
    {%- set seeds = flags.WHICH == 'build' and 'seed.gnuper.holidays' in selected_resources -%}
    {{ return('seeds' if seeds or var('holidays') is not none else 'no seeds') }}
{%- endmacro %}


{# The tables and views of levels. #}
{% macro _models(levels) -%}
    {{ return(
        graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('package_name', 'equalto', 'gnuper') | selectattr('fqn.1', 'in', levels)
        | rejectattr('config.materialized', 'equalto', 'ephemeral') | list
    ) }}
{%- endmacro %}


{# Whether this run builds all models, of data that are all there, and in this project itself. #}
{% macro _is_whole_run() -%}
    {{ return(
        project_name == 'gnuper' and not flags.EMPTY and not flags.SAMPLE and not flags.DEFER
        and not _models(_levels_0_to_2() + _levels_3_and_4()) | rejectattr('unique_id', 'in', selected_resources) | list
    ) }}
{%- endmacro %}


{# Whether all tables and views of levels exist, and those of the release that follow from them. #}
{% macro _are_there(levels) -%}
    {%- for node in _models(levels) -%}
        {%- if load_relation(relation_of(node.name)) is none -%}{{ return(false) }}{%- endif -%}
    {%- endfor -%}
    {%- if 'final' in levels -%}
        {%- for name in released_tables() -%}
            {%- set view = relation_of('current_release').incorporate(path={'identifier': name}) -%}
            {%- if load_relation(view) is none -%}{{ return(false) }}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(true) }}
{%- endmacro %}


{# The fingerprint that the last run has left, as a mapping; none if there is none. #}
{% macro _remembered_inputs(keeper) -%}
    {%- set row = adapter.row_if_any('show tblproperties ' ~ keeper ~ " ('gnuper.inputs')") -%}
    {{ return(fromjson(row[1], none) if row else none) }}
{%- endmacro %}


{% macro _remember(keeper, inputs) -%}
    {%- do run_query(
        'alter table ' ~ keeper ~ " set tblproperties ('gnuper.inputs' = " ~ text_literal(tojson(inputs)) ~ ')'
    ) -%}
{%- endmacro %}


{# The statement that removes the fingerprint. #}
{% macro _forget(keeper) -%}
    {{ return('alter table ' ~ keeper ~ " unset tblproperties if exists ('gnuper.inputs')") }}
{%- endmacro %}


{#
    Fingerprints of everything that levels 0 to 2 (`of_antennas`) and all levels (`of_all`) depend on. None
    if they cannot be told, or if something has changed while the run was at work: it may have used both.

    Before a run the CDR files are those in the folder, after it those that the run has listed.
#}
{% macro _fingerprints(is_before_the_run) -%}
    {#- no names of these files without ref, which dbt does not have in hooks of the run -#}
    {%- if file_names_are_ids() -%}{{ return(none) }}{%- endif -%}
    {%- set here = _inputs_that_dbt_sees() -%}
    {%- if not is_before_the_run and here != adapter.noted_inputs() -%}{{ return(none) }}{%- endif -%}
    {%- set seen = _inputs_that_spark_sees(is_before_the_run) -%}
    {%- if not seen -%}{{ return(none) }}{%- endif -%}
    {%- set last_change = seen.pop() -%}
    {%- if not is_before_the_run and last_change >= run_started_at.timestamp() -%}{{ return(none) }}{%- endif -%}
    {%- set vars, vars_of_antennas = here.vars, {} -%}
    {%- for name in vars if name not in vars_of_the_release() -%}
        {%- do vars_of_antennas.update({name: vars[name]}) -%}
    {%- endfor -%}
    {%- set others = [here.code, here.warnings, here.versions, here.local, seen] -%}
    {{ return({
        'of_antennas': adapter.fingerprint([vars_of_antennas, others]),
        'of_all': adapter.fingerprint([vars, others]),
    }) }}
{%- endmacro %}


{#
    What dbt sees of the inputs: the code, the vars, which warnings stop a run, and the local files. `states`
    tells a file from another one that has taken its place with the same size and time.
#}
{% macro _inputs_that_dbt_sees() -%}
    {%- set vars = {} -%}
    {%- for name in adapter.known_vars() -%}{%- do vars.update({name: plain_var(name)}) -%}{%- endfor -%}
    {%- set files = [pseudonym_key_file(), locations_file()] -%}
    {%- for name in ('zones', 'zone_population') if zones_file(name) is not none -%}
        {%- do files.append(zones_file(name)) -%}
    {%- endfor -%}
    {{ return({
        'code': [dbt_version, adapter.code_version()],
        'vars': vars,
        'warnings': [flags.WARN_ERROR, flags.WARN_ERROR_OPTIONS | string],
        'versions': adapter.versions_of_files(files),
        'states': adapter.states_of_files(files),
        'local': adapter.local_files(raw_data_folder(), *(raw_kinds() | map(attribute='pattern') | list)),
    }) }}
{%- endmacro %}


{#
    What Spark sees of the inputs: its version and settings, the key, the CDR files, the locations, the holidays
    of the seed (if they are used); and when key or locations were last changed, in seconds since 1970, where
    dbt does not see these files itself.
#}
{% macro _inputs_that_spark_sees(is_before_the_run) -%}
    {%- set cdr_folder, cell_sites, key = relation_of('cdr_folder'), relation_of('cell_sites'), relation_of('pseudonym_key') -%}
    {%- for table in (cdr_folder, cell_sites, key) -%}
        {%- if adapter.spark_refuses('refresh table ' ~ table) -%}{{ return(none) }}{%- endif -%}
    {%- endfor -%}
    {%- set holidays = 'null' -%}
    {%- if var('holidays') is none -%}
        {%- set seed = graph.nodes['seed.gnuper.holidays'] -%}
        {%- set holidays = "(select array_join(array_sort(collect_list(concat_ws('|', *))), '|') from "
            ~ api.Relation.create(schema=seed.schema, identifier=seed.alias) ~ ')' -%}
    {%- endif -%}
    {%- set changes = ['cast(0 as double)'] -%}
    {%- for table, file in ((cell_sites, locations_file()), (key, pseudonym_key_file()))
        if not adapter.versions_of_files([file]) -%}
        {%- do changes.append('(select max(cast(_metadata.file_modification_time as double)) from ' ~ table ~ ')') -%}
    {%- endfor -%}
    {%- set row = adapter.row_if_any(
        'select version(), '
        ~ "(select sha2(concat(value, 'gnuper'), 256) from " ~ key ~ '), '
        ~ "(select sha2(array_join(array_sort(collect_list(concat_ws('|', source_file, file_size, modified_at))), '|'), "
        ~ '256) from ' ~ (
            '(' ~ files_in_folder(cdr_folder) ~ ')' if is_before_the_run else relation_of('cdr_files')
        ) ~ '), '
        ~ "(select array_join(array_sort(collect_set(concat_ws('|', _metadata.file_path, _metadata.file_size, "
        ~ "_metadata.file_modification_time))), '|') from " ~ cell_sites ~ '), '
        ~ holidays ~ ', '
        ~ 'array_max(array(' ~ changes | join(', ') ~ '))'
    ) -%}
    {%- if row -%}
        {%- set settings = run_query('set').rows | map('list') | list -%}
        {%- do row.insert(0, settings | sort) -%}
    {%- endif -%}
    {{ return(row) }}
{%- endmacro %}
