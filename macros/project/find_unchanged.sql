{#
    on-run-start: finds the levels that are still what this run would build. Their models then do nothing
    (`unless_unchanged`).

    A run that has built levels 0 to 2, or all levels, leaves a fingerprint of everything that they depend
    on, as a property of the table delivered_files: the code, the vars, the files, the key. This hook
    compares it with the fingerprint of now. Only whole runs build nothing; a run of some models, or with
    `--full-refresh`, builds what it is told to. A run that builds anything first removes the property,
    so a run that ends early leaves none.
#}
{% macro find_unchanged() -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- do plugin().set_unchanged([]) -%}
    {%- if flags.WHICH not in ('run', 'build', 'retry', 'seed') -%}{{ return('') }}{%- endif -%}
    {%- set keeper = load_relation(relation_of('delivered_files')) -%}
    {%- if keeper is none -%}{{ return('') }}{%- endif -%}
    {%- set remembered = _remembered_inputs(keeper) -%}
    {%- set unchanged = [] -%}
    {%- if remembered and _is_whole_run() and not flags.FULL_REFRESH -%}
        {%- do check_local_key_file() -%}
        {%- set now = _inputs(is_before_the_run=true) -%}
        {%- if now and remembered.command in ('build', flags.WHICH) -%}
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
            ~ 'So nothing is built, and the release stays as it is. `dbt build --full-refresh` builds it anew.', info=true
        ) -%}
    {%- elif unchanged -%}
        {%- do log(
            'Only vars of the privacy gate or of the release have changed since the run of ' ~ remembered.at
            ~ ' UTC. So levels 0 to 2 stay as they are. `dbt build --full-refresh` builds them anew.', info=true
        ) -%}
    {%- endif -%}
    {%- if remembered and not unchanged -%}
        {%- do run_query('alter table ' ~ keeper ~ " unset tblproperties if exists ('gnuper.inputs')") -%}
    {%- elif remembered and unchanged == _levels_0_to_2() -%}
        {%- do _remember(keeper, dict(remembered, of_all=none)) -%}
    {%- endif -%}
    {%- do adapter.set_unchanged(unchanged) -%}
{%- endmacro %}


{#
    on-run-end: leaves the fingerprint of the levels that a whole run has built.
#}
{% macro remember_inputs(results) -%}
    {%- if not execute or flags.WHICH not in ('run', 'build') or not _is_whole_run() -%}{{ return('') }}{%- endif -%}
    {%- set built = results | selectattr('node.resource_type', 'equalto', 'model')
        | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
    {%- set missing = _models(_levels_0_to_2() + _levels_3_and_4()) | rejectattr('unique_id', 'in', built)
        | map(attribute='fqn') | map(attribute=1) | list -%}
    {%- if adapter.is_unchanged('final') or _levels_0_to_2() | select('in', missing) | list -%}{{ return('') }}{%- endif -%}
    {%- set inputs = _inputs(is_before_the_run=false) -%}
    {%- if inputs -%}
        {%- do _remember(relation_of('delivered_files'), {
            'command': flags.WHICH,
            'at': run_started_at.strftime('%Y-%m-%d %H:%M:%S'),
            'of_antennas': inputs.of_antennas,
            'of_all': none if missing else inputs.of_all,
        }) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _levels_0_to_2() -%}{{ return(['staging', 'user', 'antenna']) }}{%- endmacro %}


{% macro _levels_3_and_4() -%}{{ return(['features', 'final']) }}{%- endmacro %}


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


{#
    Fingerprints of everything that levels 0 to 2 (`of_antennas`) and all levels (`of_all`) depend on. None
    if it cannot be told.

    Before a run the CDR files are those in the folder, after it those that the run has listed. The other
    files count only if they are older than the run, because it may have read a former version.
#}
{% macro _inputs(is_before_the_run) -%}
    {#- no names of these files without ref, which dbt does not have in hooks of the run -#}
    {%- if file_names_are_ids() -%}{{ return(none) }}{%- endif -%}
    {%- set vars, all_vars = {}, {} -%}
    {%- for name in adapter.known_vars() -%}
        {%- do all_vars.update({name: plain_var(name)}) -%}
    {%- endfor -%}
    {%- for name in all_vars if name not in vars_of_the_release() -%}
        {%- do vars.update({name: all_vars[name]}) -%}
    {%- endfor -%}
    {%- set files = [pseudonym_key_file(), locations_file()] -%}
    {%- for name in ('zones', 'zone_population') if zones_file(name) is not none -%}
        {%- do files.append(zones_file(name)) -%}
    {%- endfor -%}
    {%- set beside = adapter.versions_of_files(files) -%}
    {%- set seen = _inputs_that_spark_sees(is_before_the_run) -%}
    {%- if not seen -%}{{ return(none) }}{%- endif -%}
    {%- set times = [seen.pop()] -%}
    {%- for file in beside -%}{%- do times.append(file.modified_at) -%}{%- endfor -%}
    {%- if not is_before_the_run and times | max >= run_started_at.timestamp() -%}{{ return(none) }}{%- endif -%}
    {%- set local = adapter.local_files(raw_data_folder(), *(raw_kinds() | map(attribute='pattern') | list)) -%}
    {%- set others = [adapter.code_version(), dbt_version, beside, seen, local] -%}
    {{ return({
        'of_antennas': adapter.fingerprint([vars, others]),
        'of_all': adapter.fingerprint([all_vars, others]),
    }) }}
{%- endmacro %}


{#
    What Spark sees of the inputs: its version, the key, the CDR files, the locations, the holidays of the seed
    (if they are used); and when the locations were last changed, in seconds since 1970.
#}
{% macro _inputs_that_spark_sees(is_before_the_run) -%}
    {%- set cdr_folder = relation_of('cdr_folder') -%}
    {%- for table in (cdr_folder, relation_of('cell_sites'), relation_of('pseudonym_key')) -%}
        {%- if adapter.spark_refuses('refresh table ' ~ table) -%}{{ return(none) }}{%- endif -%}
    {%- endfor -%}
    {%- set holidays = 'null' -%}
    {%- if var('holidays') is none -%}
        {%- set seed = graph.nodes['seed.gnuper.holidays'] -%}
        {%- set holidays = "(select array_join(array_sort(collect_list(concat_ws('|', *))), '|') from "
            ~ api.Relation.create(schema=seed.schema, identifier=seed.alias) ~ ')' -%}
    {%- endif -%}
    {{ return(adapter.row_if_any(
        'select version(), '
        ~ "(select sha2(concat(value, 'gnuper'), 256) from " ~ relation_of('pseudonym_key') ~ '), '
        ~ "(select sha2(array_join(array_sort(collect_list(concat_ws('|', source_file, file_size, modified_at))), '|'), "
        ~ '256) from ' ~ (
            '(' ~ files_in_folder(cdr_folder) ~ ')' if is_before_the_run else relation_of('cdr_files')
        ) ~ '), '
        ~ "(select array_join(array_sort(collect_set(concat_ws('|', _metadata.file_path, _metadata.file_size, "
        ~ "_metadata.file_modification_time))), '|') from " ~ relation_of('cell_sites') ~ '), '
        ~ holidays ~ ', '
        ~ '(select max(cast(_metadata.file_modification_time as double)) from ' ~ relation_of('cell_sites') ~ ')'
    )) }}
{%- endmacro %}
