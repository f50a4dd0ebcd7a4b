"""Releases of the same days by zones of another kind, and by antenna."""

from __future__ import annotations

from collections.abc import Callable

import oracle_zones
import pandas as pd
import pytest
import random_cdr
from conftest import WITHOUT_DATA_TESTS, Project

TABLES = (
    "final_features", "final_interactions", "final_flows", "final_hourly_profile",
    "final_weekly_profile", "data_quality", "release_report",
)  # fmt: skip


pytestmark = pytest.mark.slow


def events_read(project: Project) -> pd.DataFrame:
    """Changes with each file that is read, be it once more."""
    return project.query(
        "select max(file_version) as v, count(*) as n from {restricted}.delivered_rows"
    )


def assert_same_release(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Byte for byte, apart from the names of zones and of the column that holds them."""
    found = found.drop(columns="zone_name", errors="ignore")
    found.columns = [column.replace("zone_id", "antenna_id") for column in found.columns]
    assert list(found.columns) == list(expected.columns)
    keys = list(found.columns)
    pd.testing.assert_frame_equal(
        found.sort_values(keys, ignore_index=True),
        expected.sort_values(keys, ignore_index=True),
        check_exact=True,
    )


def test_data_tests(zoned_project: Project) -> None:
    """All of them, over zones of a few antennas."""
    outcome = zoned_project.dbt("test", "--select", "test_type:data")
    assert outcome.success, outcome.output[-4000:]


@pytest.fixture(scope="module")
def by_antenna(make_project: Callable[..., Project], attacked_raw: random_cdr.RawData) -> Project:
    """The same data, released by antenna."""
    project = make_project("by_antenna", **random_cdr.raw_vars(attacked_raw), bandicoot=False)
    project.build(*WITHOUT_DATA_TESTS)
    return project


def test_other_zones_of_the_same_days(zoned_project: Project, by_antenna: Project) -> None:
    """One zone less its antennas would be the withheld ones: a release by other zones stops. `warn`
    releases all the same; nothing is read again, and zones of one antenna each are the release of
    antennas."""
    project = zoned_project
    released, read = project.table("final_features"), events_read(project)
    antennas = list(project.restricted("antennas")["antenna_id"])
    own = project.folder / "own.csv"
    oracle_zones.write_zones(own, dict(zip(antennas, antennas, strict=True)))

    by_own = {"zones": str(own), "capital": None}

    outcome = project.dbt("run", **by_own)
    assert not outcome.success
    assert "of other units" in outcome.output and "Nothing was released" in outcome.output
    pd.testing.assert_frame_equal(project.table("final_features"), released)
    assert events_read(project).equals(read)

    outcome = project.dbt(
        "run", "--select", "release_period+", **by_own, overlapping_release="warn"
    )
    assert outcome.success and "of other units" in outcome.output
    for name in TABLES:
        assert_same_release(project.table(name), by_antenna.table(name))


def test_the_tables_of_zones_go_with_the_zones(zoned_project: Project) -> None:
    project = zoned_project
    outcome = project.dbt("run", zones=None, capital=None, overlapping_release="warn")
    assert outcome.success and "of other units" in outcome.output
    assert "antenna_id" in project.table("final_features")
    tables = project.query("show tables in {release}")["tableName"]
    assert not [name for name in tables if name.startswith("final_zones")]
