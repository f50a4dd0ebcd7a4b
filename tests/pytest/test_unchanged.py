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

from dbt_gnuper.local_files import write_key

FIXTURE = Path(__file__).with_name("fixtures") / "reference_small"
pytestmark = pytest.mark.slow
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
    assert "Only vars of the privacy gate or of the release have changed" in run.output
    released = exported(project)
    assert whole_run(project, "run", "--full-refresh", privacy_k=1).built > run.built
    assert exported(project) == released
    assert whole_run(project).built == run.built, "back to the former privacy_k"


def inputs(project: Project, **settings: Any) -> Any:
    """The fingerprints before a run, as the macro gives them."""
    query = "{{ tojson(_inputs(is_before_the_run=true)) if execute else '' }}"
    outcome = project.dbt("compile", "--inline", query, **settings)
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


def test_what_makes_a_run_whole_again(project: Project) -> None:
    """After a table was dropped, after a run of some models, a seed or a failure, all is built."""

    def everything_is_built() -> bool:
        built = whole_run(project).built
        assert not whole_run(project).built
        return built == {"staging", "user", "antenna", "features", "final"}

    everything_is_built()
    project.execute("drop table {restricted}.user_metrics_week")
    assert everything_is_built()
    project.execute("drop view {release}.final_features")
    assert whole_run(project).built == {"features", "final"}
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
