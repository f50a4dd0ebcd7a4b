"""The pipeline against the independent oracle, value by value."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import oracle_privacy
import pandas as pd
import pytest
import random_cdr
from conftest import WITHOUT_DATA_TESTS, Project
from random_cdr import raw_vars

from bench import oracle
from dbt_gnuper.features import features

FIXTURE = Path(__file__).with_name("fixtures") / "reference_small"
# The oracle knows neither the gate nor bandicoot.
PLAIN = {"privacy_k": 0, "bandicoot": False}
KEYS = {
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


@pytest.mark.slow
def test_reference_set(make_project: Callable[..., Project]) -> None:
    params = json.loads((FIXTURE / "params.json").read_text())
    project = make_project("reference", raw_data_path=str(FIXTURE / "raw"), **params, **PLAIN)
    outcome = project.build(*WITHOUT_DATA_TESTS)
    # without bandicoot: no Python model, and only the other columns
    assert not [name for name in outcome.statuses() if "bandicoot" in name or "indicator" in name]
    expected = pd.read_csv(FIXTURE / "expected" / "final_features.csv", dtype={"antenna_id": str})
    got = project.table("final_features")
    # Features beyond gnuper's may follow; the oracle does not know them.
    assert list(got.columns[: len(oracle.FINAL_COLUMNS)]) == list(oracle.FINAL_COLUMNS)
    names = ["antenna_id", "longitude", "latitude", *(f.name for f in features())]
    assert list(got.columns) == [*names, "withheld_features"]
    assert_equal(got, expected, ["antenna_id"])


def test_attacked_set(attacked_project: Project, attacked_raw: random_cdr.RawData) -> None:
    """Levels 0 to 2. Its features, before the gate and behind it, are compared in test_gate.py."""
    truth = oracle.compute(
        attacked_raw.raw_glob, attacked_raw.locations, oracle.OracleParams(**attacked_raw.params)
    )
    assert_as_the_oracle(attacked_project, truth)


@pytest.mark.slow
def test_random_set(random_project: Project, random_raw: random_cdr.RawData) -> None:
    assert_released_as_the_oracle(random_project, random_raw)


@pytest.mark.slow
def test_data_tests_of_a_random_set(random_project: Project) -> None:
    outcome = random_project.dbt("test", "--select", "test_type:data")
    assert outcome.success, outcome.output[-4000:]


@pytest.mark.slow
def test_another_random_set(tmp_path: Path, make_project: Callable[..., Project]) -> None:
    raw = random_cdr.generate(tmp_path / "raw", 2, bad_rows=True)
    project = make_project("another", **raw_vars(raw), **PLAIN)
    project.build()
    assert_released_as_the_oracle(project, raw)


def assert_released_as_the_oracle(project: Project, raw: random_cdr.RawData) -> None:
    """All tables of a project without the gate."""
    truth = oracle.compute(raw.raw_glob, raw.locations, oracle.OracleParams(**raw.params))
    assert_as_the_oracle(project, truth)
    released = project.table("final_features")
    assert_equal(released, truth.table("final_features"), ["antenna_id"])
    # beyond gnuper
    everything = oracle_privacy.decide(truth, privacy_k=0).final_features()
    everything = everything.drop(columns="withheld_features")
    assert {feature.name for feature in features()} <= set(everything.columns)
    assert_equal(released, everything, ["antenna_id"])


def assert_as_the_oracle(project: Project, truth: oracle.Oracle) -> None:
    """All rows and columns of levels 1 and 2 that the oracle computes, and what becomes of bad rows."""
    for name, key in KEYS.items():
        assert_equal(project.restricted(name), truth.table(name), key)

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


@pytest.mark.slow
@pytest.mark.parametrize(
    "cases",
    random_cdr.GNUPER_SETS,
    ids=lambda cases: "-".join(case.__name__ for case in cases),
)
def test_where_gnuper_is_wrong(
    cases: tuple[Callable[[Path], random_cdr.GnuperCase], ...],
    tmp_path: Path,
    make_project: Callable[..., Project],
) -> None:
    """gnuper's known faults: the pipeline gives the right value. See also test_oracle.py."""
    raw, planted = random_cdr.side_by_side(tmp_path, cases)
    project = make_project("gnuper", **raw_vars(raw), **PLAIN)
    outcome = project.dbt("run", "--select", "+final_features")
    assert outcome.success, outcome.output
    features = project.restricted("final_features")
    found = {name: case.value_in(features) for name, case in planted.items()}
    assert found == {name: pytest.approx(case.new_value) for name, case in planted.items()}
