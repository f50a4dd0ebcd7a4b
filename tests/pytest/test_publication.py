"""A release replaces the one before as a whole or not at all, under the eyes of readers."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import random_cdr
from conftest import Project, copy_project, parsed_manifest
from pyhive import hive
from random_cdr import raw_vars
from test_graph import AFTER_THE_RELEASE

pytestmark = pytest.mark.slow

TABLES = (
    *("final_features", "final_interactions", "final_flows", "final_hourly_profile"),
    *("final_weekly_profile", "data_quality", "release_report", "release_run"),
)


def contents(name: str) -> str:
    """Subquery: all rows and columns of a table as one hash."""
    return (
        "(select sha2(array_join(array_sort(collect_list(to_json(struct(t.*)))), ';'), 256) "
        f"from {{release}}.{name} as t)"
    )


# One statement, so that what it answers is what one reader sees at one time.
RELEASE = (
    f"select {', '.join(contents(name) for name in TABLES)}, "
    "(select release_id from {release}.current_release), "
    "(select count(*) from {release}.final_features), "
    "(select count(*) from {release}.final_features as features "
    "inner join {release}.current_release as current on true)"
)


def release(project: Project) -> tuple:
    """What readers see now."""
    return tuple(project.query(RELEASE).iloc[0])


@contextlib.contextmanager
def readers(project: Project) -> Iterator[Counter]:
    """Readers at work: one in a session that goes on, one with a new session for each look.

    Counts their answers; an error is an answer too.
    """
    seen: Counter = Counter()
    is_over = threading.Event()
    sql = RELEASE.format(release=project.schema)

    def look(cursor: hive.Cursor) -> None:
        try:
            cursor.execute(sql)
            seen[cursor.fetchone()] += 1
        except hive.Error as error:
            seen[str(error)[:500]] += 1
        is_over.wait(0.2)

    def in_one_session() -> None:
        with (
            contextlib.suppress(hive.Error),
            hive.connect("127.0.0.1", project.server.thrift_port) as connection,
        ):
            while not is_over.is_set():
                look(connection.cursor())

    def in_new_sessions() -> None:
        while not is_over.is_set():
            with (
                contextlib.suppress(hive.Error),
                hive.connect("127.0.0.1", project.server.thrift_port) as connection,
            ):
                look(connection.cursor())

    threads = [threading.Thread(target=work) for work in (in_one_session, in_new_sessions)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> random_cdr.RawData:
    """Random data of which the gate withholds some values."""
    return random_cdr.generate(tmp_path_factory.mktemp("publication") / "raw", 11, attacks=True)


@pytest.fixture(scope="module")
def project(
    make_project: Callable[..., Project],
    raw: random_cdr.RawData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Project:
    """A copy of the project that tests may break, with a release."""
    root = copy_project(tmp_path_factory.mktemp("copy"))
    # The runs of these tests stop before level 4, or begin there.
    project = replace(make_project("published", **raw_vars(raw), bandicoot=False), root=root)
    outcome = project.dbt("run")
    assert outcome.success, outcome.output[-3000:]
    return project


def only_level_4(project: Project, **more_vars: object) -> None:
    """Release what is in the tables of level 2 with other parameters."""
    outcome = project.dbt("run", "--select", "features", "final", **more_vars)
    assert outcome.success, outcome.output[-3000:]


def test_readers_see_one_release_or_the_other(project: Project) -> None:
    """No error, no mixture, nothing empty, through three releases."""
    answers = [release(project)]
    with readers(project) as seen:
        for privacy_k in (0, 5, 15):
            only_level_4(project, privacy_k=privacy_k)
            answers.append(release(project))
    assert answers[0][0] == answers[-1][0]
    assert len({answer[len(TABLES)] for answer in answers}) == 3
    assert all(answer[-2] > 0 for answer in answers)
    assert set(seen) <= set(answers), set(seen) - set(answers)
    # three, by their ids: the last is the first one again, but for the time of its run
    assert len({answer[len(TABLES)] for answer in seen}) == 3, seen.values()
    assert sum(seen.values()) > 10, seen.values()
    # of all releases two are kept: this one, and the one before for queries that run still
    stores = project.query("show tables in {release} like 'final_features_*'")["tableName"]
    assert len(stores) == 1
    store = f"{{release}}.{stores[0]}"
    is_iceberg = project.vars.get("table_format") == "iceberg"
    kept = project.query(
        f"select * from {store}.partitions" if is_iceberg else f"show partitions {store}"
    )
    assert len(kept) == 2


def test_a_release_that_leaks_is_not_published(project: Project) -> None:
    """`dbt run` runs the audits, `dbt build` all tests; both leave the last release as it was."""
    before = release(project)
    model = project.root / "models" / "final" / "final_features.sql"
    text = model.read_text()
    leak = "case when decision = 'released' then value end as value"
    assert leak in text
    model.write_text(text.replace(leak, "value"))
    try:
        run = project.dbt("run", "--select", "features", "final", privacy_k=10)
        assert not run.success
        assert "Nothing was released, the last release stays: " in run.output
        assert run.statuses()["release_audit"] == "error"
        assert run.statuses()["current_release"] == "skipped"
        assert run.statuses()["release_ledger"] == "skipped"
        assert release(project) == before
        build = project.dbt(
            *("build", "--select", "features", "final", "--exclude-resource-type", "unit_test"),
            privacy_k=10,
        )
        assert not build.success
        # the table's own data test comes first, and the audits wait for it
        assert build.statuses()["final_features_rows"] == "fail"
        assert build.statuses()["release_audit"] == "skipped"
        assert build.statuses()["current_release"] == "skipped"
        assert release(project) == before
    finally:
        model.write_text(text)


PLANT = """
{% macro spark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {%- if model.name == env_var('PLANTED_FAILURE', '') -%}
        select 1 as failures, true as should_warn, true as should_error
    {%- else -%}
        {{ dbt.default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) }}
    {%- endif -%}
{%- endmacro %}
"""


def test_every_data_test_holds_back_the_release(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other fails, in a build of that test and the publication alone."""
    # the seed's own test binds a release that uses the seed
    with_seed = {"holidays": None}
    manifest = parsed_manifest(**project.vars | with_seed)
    tests = sorted(node.name for node in manifest.nodes.values() if node.resource_type == "test")
    tests = [name for name in tests if name not in AFTER_THE_RELEASE]
    assert len(tests) > 45
    # whatever the tables were built with before
    only_level_4(project)
    number = "select release_number from {release}.current_release"
    macro = project.root / "macros" / "planted.sql"
    macro.write_text(PLANT)

    def build(test: str, **more_vars: object) -> dict[str, str]:
        outcome = project.dbt(
            *("build", "--indirect-selection", "empty", "--select", test, "current_release"),
            **more_vars,
        )
        # without the project's hooks
        return {
            name: status for name, status in outcome.statuses().items() if "-on-run-" not in name
        }

    try:
        before = project.query(number).iloc[0, 0]
        for test in tests:
            monkeypatch.setenv("PLANTED_FAILURE", test)
            assert build(test, **with_seed) == {test: "fail", "current_release": "skipped"}
        assert project.query(number).iloc[0, 0] == before
        monkeypatch.delenv("PLANTED_FAILURE")
        # with the vars of the tables that it publishes
        assert build(tests[0]) == {tests[0]: "pass", "current_release": "success"}
        assert project.query(number).iloc[0, 0] != before
    finally:
        macro.unlink()


def test_other_columns(make_project: Callable[..., Project]) -> None:
    """With bandicoot's columns and without, back and forth; rows and current_release agree."""
    folder = Path(__file__).with_name("fixtures") / "reference_small" / "raw"
    project = make_project(
        "columns", raw_data_path=str(folder), bandicoot_engine="reference", privacy_k=0, holidays=[]
    )
    sql = (
        "select (select count(active_users) from {release}.final_features), "
        "(select count(*) from {release}.final_interactions), "
        "(select get_json_object(parameters, '$.bandicoot') from {release}.release_run)"
    )
    widths = []
    assert project.dbt("run", bandicoot=False).success
    with readers(project) as seen:
        for bandicoot in (False, True, False):
            outcome = project.dbt("run", bandicoot=bandicoot)
            assert outcome.success, outcome.output[-3000:]
            features = project.table("final_features")
            widths.append(features.shape[1])
            candidate = project.restricted("final_features")
            assert list(features.columns) == list(candidate.columns)
            assert features["reporting__number_of_records"].notna().any() if bandicoot else True
            answer = project.query(sql).iloc[0]
            assert answer.iloc[0] == len(features) and answer.iloc[2] == str(bandicoot).lower()
    assert widths == [53, 776, 53]
    assert not [answer for answer in seen if isinstance(answer, str)], seen
    assert {answer[-2] for answer in seen} == {len(features)}


def test_tables_of_an_older_version(
    make_project: Callable[..., Project], raw: random_cdr.RawData
) -> None:
    """What an older version of the project left is taken over.

    There the release was tables, a view was a table, and level 0 had other columns and partitions.
    """
    project = make_project("older", **raw_vars(raw), bandicoot=False)
    for schema in ("{release}", "{restricted}"):
        project.execute(f"create schema {schema}")
    for name in TABLES:
        project.execute(f"create table {{release}}.{name} using parquet as select 'old' as what")
    file = min(raw.folder.glob("20*.csv")).name
    row = f"bigint(1) as user_id, '{file}' as source_file, 'accepted' as outcome"
    for name, columns, partitions in (
        ("delivered_rows", f"'a' as antenna_id, {row}", "partitioned by (source_file, outcome)"),
        ("delivered_files", f"bigint(5) as rows, {row}", ""),
        ("events", row, ""),
        ("antennas", row, ""),
    ):
        project.execute(
            f"create table {{restricted}}.{name} using parquet {partitions} as select {columns}"
        )
    outcome = project.dbt("run")
    assert outcome.success, outcome.output[-3000:]
    for name in ("delivered_rows", "delivered_files"):
        assert f"The table {name} is of another version of this project" in outcome.output
    assert project.query("select count(*) from {restricted}.events").iloc[0, 0] > 1
    for name in TABLES:
        assert list(project.table(name).columns) == list(project.restricted(name).columns)
    assert set(project.query("show views in {release}")["viewName"]) == {*TABLES, "current_release"}


def test_copies_of_the_release_stay(project: Project) -> None:
    """A reader's table in the release schema, with a date in its name, is no store of a release."""
    copy = "{release}.final_features_20240501"
    project.execute(f"create table {copy} as select * from {{release}}.final_features")
    only_level_4(project, privacy_k=5)
    assert project.query(f"select count(*) from {copy}").iloc[0, 0] > 0
    project.execute(f"drop table {copy}")


def test_readers_are_granted_the_release_alone(project: Project) -> None:
    """What would be sent to a catalog that knows grants: level 4, and nothing that is restricted."""
    macros = project.root / "macros" / "grants.sql"
    macros.write_text(
        "{% macro spark__call_dcl_statements(statements) %}"
        "{% for statement in statements %}{% do log('DCL: ' ~ statement, info=true) %}{% endfor %}"
        "{% endmacro %}"
    )
    try:
        outcome = project.dbt(
            *("run", "--select", "features", "final"), release_readers=["analysts", "it's"]
        )
    finally:
        macros.unlink()
    assert outcome.success, outcome.output[-3000:]
    statements = [
        " ".join(line.split()) for line in outcome.output.splitlines() if line.startswith("DCL: ")
    ]
    assert not [line for line in statements if "_restricted" in line or "ledger" in line]
    for name in (*TABLES, "current_release"):
        assert f"DCL: grant select on {project.schema}.{name} to `analysts`" in statements
    assert len(statements) == 2 * (2 * len(TABLES) + 1)  # and the stores behind the views


def test_a_bad_delivery_is_not_published(project: Project, raw: random_cdr.RawData) -> None:
    """A gate with the severity stop ends the run before anything is computed.

    This test is the last one: level 0 is newer than what is made of it from here on.
    """
    before = release(project)
    bad = raw.folder / "20190131.csv"
    bad.write_text("1,2,3\n" * 10)
    try:
        gates = {"rejected_share": {"limit": 0.4, "severity": "stop"}}
        outcome = project.dbt("run", quality_gates=gates)
    finally:
        bad.unlink()
    assert not outcome.success
    assert "The delivery is not good enough: rejected_share is 1.0" in outcome.output
    assert "'20190131.csv'" in outcome.output and "the last release stays" in outcome.output
    assert release(project) == before
