"""The pipeline against the independent oracle, value by value."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import random_cdr
from conftest import Project

from bench import oracle

FIXTURE = Path(__file__).with_name("fixtures") / "reference_small"
# The oracle knows neither the gate nor bandicoot.
PLAIN = {"privacy_k": 0, "bandicoot": False}
KEYS = {
    "final_features": ["antenna_id"],
    "antenna_metrics_week": ["antenna_id", "week_part", "week"],
    "antenna_metrics_hourly": ["antenna_id", "hour"],
    "antenna_interactions": ["antenna_id1", "antenna_id2"],
}


def assert_equal(got: pd.DataFrame, expected: pd.DataFrame, key: list[str]) -> None:
    """All of the expected columns, to 1e-9 relative, NULL where NULL."""
    got = got.assign(**{k: got[k].astype(str) for k in key}).set_index(key).sort_index()
    expected = expected.assign(**{k: expected[k].astype(str) for k in key})
    expected = expected.set_index(key).sort_index()
    assert list(got.index) == list(expected.index)
    for column in expected.columns:
        np.testing.assert_allclose(
            got[column].astype(float),
            expected[column].astype(float),
            rtol=1e-9,
            atol=1e-12,
            equal_nan=True,
            err_msg=column,
        )


def raw_vars(raw: random_cdr.RawData) -> dict[str, Any]:
    """The dbt vars that read a random data set."""
    folder, _, pattern = str(raw.raw_glob).rpartition("/")
    return {
        "raw_data_path": folder,
        "raw_file_pattern": pattern,
        "raw_locations": str(raw.locations),
        "holidays": [],
        **raw.params,
    }


def test_reference_set(make_project: Callable[..., Project]) -> None:
    params = json.loads((FIXTURE / "params.json").read_text())
    project = make_project("reference", raw_data_path=str(FIXTURE / "raw"), **params, **PLAIN)
    project.build()
    expected = pd.read_csv(FIXTURE / "expected" / "final_features.csv", dtype={"antenna_id": str})
    got = project.table("final_features")
    # Features beyond gnuper's may follow; the oracle does not know them.
    assert list(got.columns[: len(oracle.FINAL_COLUMNS)]) == list(oracle.FINAL_COLUMNS)
    assert got.columns[-1] == "withheld_features"
    assert_equal(got, expected, ["antenna_id"])


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_random_sets(seed: int, tmp_path: Path, make_project: Callable[..., Project]) -> None:
    raw = random_cdr.generate(tmp_path / "raw", seed, bad_rows=True)
    project = make_project(f"random{seed}", **raw_vars(raw), **PLAIN)
    project.build()
    truth = oracle.compute(raw.raw_glob, raw.locations, oracle.OracleParams(**raw.params))

    for name, key in KEYS.items():
        got = project.table(name) if name == "final_features" else project.restricted(name)
        assert_equal(got, truth.table(name), key)

    rejects = project.query(
        "select source_file as file, reason, count(*) as rows "
        "from {restricted}.rejected_rows group by all"
    )
    assert rejects.groupby("reason")["rows"].sum().to_dict() == {
        reason: rows for reason, rows in truth.reject_counts.items() if rows
    }
    assert len(project.restricted("machines")) == len(truth.machines)
    homes = project.query(
        "select antenna_id, count(*) as users from {restricted}.user_home_antenna group by antenna_id"
    )
    assert (
        homes.set_index("antenna_id")["users"].to_dict()
        == truth.user_home_antenna.groupby("antenna_id").size().to_dict()
    )


@pytest.mark.parametrize("case", random_cdr.GNUPER_CASES, ids=lambda case: case.__name__)
def test_where_gnuper_is_wrong(
    case: Callable[[Path], random_cdr.GnuperCase],
    tmp_path: Path,
    make_project: Callable[..., Project],
) -> None:
    """gnuper's known faults: its value and the right one, which the pipeline gives."""
    planted = case(tmp_path)
    project = make_project(case.__name__, **raw_vars(planted.raw), **PLAIN)
    outcome = project.dbt("run", "--select", f"+{planted.table}")
    assert outcome.success, outcome.output
    rows = project.restricted(planted.table)
    for column, value in planted.key.items():
        rows = rows[rows[column] == value]
    found = len(rows) if planted.column is None else rows[planted.column].item()
    assert found == pytest.approx(planted.new_value)
    assert planted.new_value != pytest.approx(planted.gnuper_value or -1)
