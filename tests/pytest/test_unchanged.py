"""A run builds nothing that is still what it would build, and everything else."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Outcome, Project, copy_project
from dbt.cli.main import dbtRunner

from dbt_gnuper.local_files import write_key

FIXTURE = Path(__file__).with_name("fixtures") / "reference_small"
pytestmark = pytest.mark.slow
LEVELS = {"staging", "user", "antenna", "features", "final"}
ZONES = "antenna_id,zone_id\n0101,a\n102,b\n9,a\n"


@pytest.fixture(scope="module")
def project(
    make_project: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """Files and code that tests may change, built once."""
    folder = tmp_path_factory.mktemp("unchanged")
    shutil.copytree(FIXTURE / "raw", folder / "raw")
    settings = {"raw_data_path": str(folder / "raw"), "bandicoot": False, "privacy_k": 2}
    root = copy_project(tmp_path_factory.mktemp("code"))
    project = replace(make_project("unchanged", **settings), root=root)
    assert whole_run(project, "build").built, "nothing was there before"
    return project


class WholeRun:
    """What a run of all models did."""

    def __init__(self, outcome: Outcome) -> None:
        assert outcome.success, outcome.output[-3000:]
        self.output = outcome.output
        models = outcome.models()
        self.left = {run.node.name for run in models if run.message == "UNCHANGED"}
        self.built = {run.node.fqn[1] for run in models if run.message != "UNCHANGED"}


def whole_run(project: Project, command: str = "run", *arguments: str, **settings: Any) -> WholeRun:
    """Run all models, without tests."""
    only = ("--exclude-resource-types", "test", "unit_test") if command == "build" else ()
    return WholeRun(project.dbt(command, *only, *arguments, **settings))


def exported(project: Project) -> dict[str, bytes]:
    """The exported files but for the one that tells the time of the release."""
    folder = project.export()
    return {
        file.name: file.read_bytes()
        for file in sorted(folder.glob("*.csv"))
        if file.name != "release_run.csv"
    }


def release_number(project: Project) -> int:
    return int(project.table("current_release")["release_number"].iloc[0])


def test_nothing_has_changed(project: Project) -> None:
    """The second run builds nothing, says so, and leaves the release as it is."""
    before = release_number(project), exported(project)
    again = whole_run(project)
    assert not again.built and len(again.left) > 50
    assert "Nothing has changed since the run of" in again.output
    assert "the release stays as it is" in again.output
    assert (release_number(project), exported(project)) == before
    assert whole_run(project, "build").left == again.left


def test_only_the_gate_has_changed(project: Project) -> None:
    """Levels 0 to 2 stay; the release is the one of a run that builds all."""
    run = whole_run(project, privacy_k=1)
    assert run.built == {"features", "final"}
    assert "only vars of the privacy gate or of the release have changed" in run.output
    released = exported(project)
    assert whole_run(project, "run", "--full-refresh", privacy_k=1).built > run.built
    assert exported(project) == released
    assert whole_run(project).built == run.built, "back to the former privacy_k"


def inputs(project: Project, *flags: str, first: str = "select 1", **settings: Any) -> Any:
    """The fingerprints before a run, as the macro gives them after a statement in the same session."""
    query = (
        f"{{% do run_query('{first}') %}}"
        "{{ tojson(_fingerprints(is_before_the_run=true)) if execute else '' }}"
    )
    outcome = project.dbt("compile", *flags, "--inline", query, **settings)
    assert outcome.success, outcome.output
    result: Any = outcome.result.result
    return json.loads(result.results[0].node.compiled_code)


@pytest.fixture(scope="module")
def fingerprint(project: Project) -> Callable[..., tuple[str, str]]:
    """The fingerprints of what all levels and what levels 0 to 2 depend on, before a run."""

    def of(**settings: Any) -> tuple[str, str]:
        found = inputs(project, **settings)
        return found["of_all"], found["of_antennas"]

    return of


def raw_file(project: Project, name: str) -> Path:
    return Path(project.vars["raw_data_path"]) / name


def touch(project: Project) -> None:
    os.utime(next(raw_file(project, "").glob("20*.csv")), (1e9, 1e9))


def add_a_file(project: Project) -> None:
    raw_file(project, "20991231.csv").write_text("1,2,3\n")


def add_an_empty_file(project: Project) -> None:
    raw_file(project, "20991230.csv").write_text("")


def withdraw_a_file(project: Project) -> None:
    next(raw_file(project, "").glob("20*.csv")).unlink()


def move_a_cell(project: Project) -> None:
    file = raw_file(project, "MS_LOCATION.csv")
    file.write_text(file.read_text() + "new,new,1,1\n")


def change_the_key(project: Project) -> None:
    write_key(Path(project.vars["pseudonym_key_file"]), "ab" * 32)


def change_a_model(project: Project) -> None:
    file = project.root / "models" / "antenna" / "units.sql"
    file.write_text(file.read_text() + "-- another version\n")


def change_a_macro(project: Project) -> None:
    file = project.root / "macros" / "formulas" / "ratio.sql"
    file.write_text(file.read_text() + "{# another version #}\n")


def add_a_holiday(project: Project) -> None:
    with (project.root / "seeds" / "holidays.csv").open("a") as file:
        file.write("2018-08-08\n")


@pytest.mark.parametrize(
    "change",
    [
        touch, add_a_file, add_an_empty_file, withdraw_a_file, move_a_cell, change_the_key,
        change_a_model, change_a_macro, add_a_holiday,
    ],
)  # fmt: skip
def test_changed_inputs(
    project: Project, fingerprint: Callable[..., tuple[str, str]], change: Callable[[Project], None]
) -> None:
    """Whatever a table depends on, changes both fingerprints."""
    before = fingerprint()
    assert fingerprint() == before
    change(project)
    after = fingerprint()
    assert before[0] != after[0] and before[1] != after[1]


@pytest.mark.parametrize(
    ("settings", "both"),
    [
        ({"work_begin": 8}, True),
        ({"call_unit": "m"}, True),
        ({"holidays": []}, True),
        ({"zones": "zones.csv"}, True),
        ({"zones": {"merge_within_km": 3}}, True),
        ({"release_digits": 2}, False),
        ({"privacy_max_share": 0.4}, False),
        ({"overlapping_release": "allow"}, False),
    ],
)
def test_changed_vars(
    project: Project,
    fingerprint: Callable[..., tuple[str, str]],
    settings: dict[str, Any],
    both: bool,
) -> None:
    raw_file(project, "zones.csv").write_text(ZONES)
    before, after = fingerprint(), fingerprint(**settings)
    assert before[0] != after[0]
    assert (before[1] != after[1]) is both


def test_names_that_are_ids(project: Project) -> None:
    """Where file names are customers' ids, every run builds everything."""
    assert inputs(project, layout="bandicoot") is None


def test_what_stops_a_run_counts(project: Project) -> None:
    """A run that fails on warnings does not pass because an earlier one only warned."""
    assert inputs(project, "--warn-error") != inputs(project) == inputs(project)


def test_settings_of_spark_count(project: Project) -> None:
    """With ANSI mode off, as an example, casts give other values."""
    before = inputs(project)
    assert inputs(project, first="set spark.sql.ansi.enabled = false") != before


def test_dates_of_a_var_need_no_seed(project: Project) -> None:
    """Without the seed's table, runs with var holidays know what has changed."""
    project.execute("drop table {restricted}.holidays")
    assert inputs(project) is None
    assert inputs(project, holidays=[])
    assert project.dbt("seed").success


def test_changed_zones(project: Project, fingerprint: Callable[..., tuple[str, str]]) -> None:
    """A file that a var names counts with what is in it."""
    file = raw_file(project, "zones.csv")
    file.write_text(ZONES)
    before = fingerprint(zones="zones.csv")
    file.write_text(ZONES.replace("9,a", "9,bb"))
    assert fingerprint(zones="zones.csv") != before


def replace_the_locations(project: Project) -> None:
    """By a file of the same size that is older than the run."""
    file = raw_file(project, "MS_LOCATION.csv")
    other = file.with_name(".other")
    other.write_text(file.read_text().replace("32.4", "32.3"))
    os.utime(other, (1e9, 1e9))
    other.replace(file)


@pytest.mark.parametrize("change", [change_a_macro, replace_the_locations, change_the_key])
def test_changes_during_a_run(project: Project, change: Callable[[Project], None]) -> None:
    """Nobody knows what such a run has used, so the next one builds everything."""
    changes = iter([change])

    def look(event: Any) -> None:
        if "OK created sql table model" in event.info.msg:
            for next_change in changes:
                next_change(project)

    result = dbtRunner(callbacks=[look]).invoke(project.command("run", "--full-refresh"))
    assert result.success and next(changes, None) is None
    assert whole_run(project).built == LEVELS


def test_key_of_the_environment(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written to its file once only, so the file does not count as changed."""
    monkeypatch.setenv("GNUPER_PSEUDONYM_KEY", "cd" * 32)
    assert whole_run(project).built == LEVELS
    assert not whole_run(project).built


def test_holidays_that_are_not_loaded(project: Project) -> None:
    """`dbt build` without the seed uses old holidays; the next one with it builds everything."""
    whole_run(project, "build")
    add_a_holiday(project)
    without = project.dbt("build", "--exclude-resource-types", "seed", "test", "unit_test")
    assert without.success, without.output[-3000:]
    assert whole_run(project, "build", privacy_k=1).built == LEVELS
    assert not whole_run(project, "build", privacy_k=1).built


def test_after_a_failed_data_test(project: Project) -> None:
    """The tables may be damaged: the next run builds them all."""
    whole_run(project)
    failing = project.root / "tests" / "fails.sql"
    failing.write_text("select 1 as one")
    whole_run(project)
    assert not whole_run(project).built
    assert not project.dbt("test", "--select", "fails").success
    assert whole_run(project).built == LEVELS
    failing.unlink()


def test_what_makes_a_run_whole_again(project: Project) -> None:
    """After a table was dropped, after a run of some models, a seed or a failure, all is built."""

    def everything_is_built() -> bool:
        built = whole_run(project).built
        assert not whole_run(project).built
        return built == LEVELS

    everything_is_built()
    project.execute("drop table {restricted}.user_metrics_week")
    assert everything_is_built()
    project.execute("drop view {release}.final_features")
    again = whole_run(project)
    assert again.built == {"features", "final"}
    assert "only tables of levels 3 and 4 are missing" in again.output
    assert not project.table("final_features").empty
    assert project.dbt("run", "--select", "user_metrics_week", noct_begin=20).success
    assert everything_is_built()
    assert project.dbt("seed").success
    assert everything_is_built()
    outcome = project.dbt("run", privacy_k=-1)
    assert not outcome.success
    assert not whole_run(project).built, "a run that never began changes nothing"
    outcome = project.dbt("run", quality_gates={"change": {"limit": 0, "severity": "stop"}})
    assert not outcome.success
    assert everything_is_built()
    assert whole_run(project, "build").built, "a run loads no seeds"
    assert whole_run(project, "run", "--full-refresh").built
