"""What people do with a dbt project every day, on a machine without the raw files and the key."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT_ROOT, Project

ANALYSES = sorted(file.stem for file in (PROJECT_ROOT / "analyses").glob("*.sql"))


@pytest.fixture(scope="module")
def elsewhere(mockup_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project with its release and its server, as somebody has it who lacks files and key."""
    folder = tmp_path_factory.mktemp("elsewhere")
    missing = str(folder / "nothing_here")
    variables = {"raw_data_path": missing, "pseudonym_key_file": missing}
    return Project(mockup_project.server, folder, mockup_project.schema, variables)


def test_unit_tests_need_no_tables(make_project: Callable[..., Project]) -> None:
    """dbt's own unit tests, all of them, in a schema that does not exist."""
    outcome = make_project("units").dbt("test", "--select", "test_type:unit")
    assert outcome.success, outcome.output[-4000:]
    result: Any = outcome.result.result
    runs = [run for run in result.results if run.node.resource_type == "unit_test"]
    assert len(runs) >= 46
    assert {str(run.status) for run in runs} == {"pass"}


def test_the_release_is_tested(elsewhere: Project) -> None:
    outcome = elsewhere.dbt("test", "--select", "final_features")
    assert outcome.success, outcome.output[-3000:]
    assert outcome.statuses()["final_features_rows"] == "pass"


def test_analyses_are_shown(elsewhere: Project) -> None:
    outcome = elsewhere.dbt("show", "--select", *ANALYSES)
    assert outcome.success, outcome.output[-3000:]
    assert set(ANALYSES) <= outcome.statuses().keys()


def test_features_are_built_on_top_of_somebody_elses_levels(
    elsewhere: Project, mockup_project: Project, tmp_path: Path
) -> None:
    """`--defer`: earlier levels are those of the state's schema, features go to one's own."""
    analyst = Project(
        elsewhere.server, tmp_path / "analyst", f"{elsewhere.schema}_analyst", dict(elsewhere.vars)
    )
    outcome = analyst.dbt(
        *("build", "--select", "features", "--defer", "--state", str(mockup_project.target)),
        *("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
    )
    assert outcome.success, outcome.output[-3000:]
    own = analyst.restricted("alltime_features")
    theirs = mockup_project.restricted("alltime_features")
    assert len(own) == len(theirs) > 0
    assert "cells" not in analyst.query("show tables in {restricted}")["tableName"].tolist()


def test_the_documentation_is_generated(elsewhere: Project) -> None:
    outcome = elsewhere.dbt("docs", "generate")
    assert outcome.success, outcome.output[-3000:]
    assert (elsewhere.target / "catalog.json").exists()


@pytest.fixture(scope="module")
def waiting(
    make_project: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """A project that waits for files, in a folder that is emptied for each test (`empty_folder`)."""
    return make_project("waiting", raw_data_path=str(tmp_path_factory.mktemp("waiting") / "raw"))


@pytest.fixture
def empty_folder(waiting: Project) -> Path:
    """Its folder of raw files."""
    folder = Path(waiting.vars["raw_data_path"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def test_what_reads_the_files_says_which_are_missing(waiting: Project, empty_folder: Path) -> None:
    outcome = waiting.dbt("run", "--select", "staging")
    assert not outcome.success
    assert f"'{empty_folder}/MS_LOCATION.csv' does not exist" in outcome.output
    assert f"No CDR file matches '20*.csv*' in '{empty_folder}/'" in outcome.output


def deliver(folder: Path, **days: int) -> None:
    """CSV files that were delivered some days and an hour ago."""
    for name, age in days.items():
        file = folder / f"{name}.csv"
        file.write_text("2;4711\n")
        then = time.time() - (age * 24 + 1) * 3600
        os.utime(file, (then, then))


@pytest.mark.parametrize(
    ("days", "status"), [(1, "pass"), (3, "warn"), (8, "error")], ids=["fresh", "late", "stale"]
)
def test_the_age_of_the_newest_delivery(
    days: int, status: str, waiting: Project, empty_folder: Path
) -> None:
    """`dbt source freshness`, before any run; what is no CDR file does not count."""
    deliver(empty_folder, **{"20240501": days, "20240502": days + 30, "other": 0})
    (empty_folder / "20240503.csv").touch()
    outcome = waiting.dbt("source", "freshness")
    assert outcome.success == (status != "error")
    assert f" UTC, {days} days and 1 hours ago." in outcome.output
    (result,) = json.loads((waiting.target / "sources.json").read_text())["results"]
    assert result["status"] == status
    assert days * 86400 + 3600 <= result["max_loaded_at_time_ago_in_s"] < days * 86400 + 3900


def test_the_newest_of_several_kinds_of_files(waiting: Project, empty_folder: Path) -> None:
    deliver(empty_folder, calls_1=30, sms_1=1, mms_1=0)
    outcome = waiting.dbt("source", "freshness", layout="flowkit", local_timezone="UTC")
    assert outcome.success and " UTC, 1 days and 1 hours ago." in outcome.output, outcome.output


def test_no_delivery_is_not_fresh(waiting: Project, empty_folder: Path) -> None:
    outcome = waiting.dbt("source", "freshness")
    assert not outcome.success
    assert f"No CDR file matches '20*.csv*' in '{empty_folder}/'" in outcome.output
