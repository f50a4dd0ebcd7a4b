"""Every analysis runs on a release and answers its question, by a second way of computing it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import PROJECT_ROOT, Project
from pyhive import hive

ANALYSES = sorted(file.stem for file in (PROJECT_ROOT / "analyses").glob("*.sql"))


def answer(project: Project, analysis: str, **more_vars: Any) -> pd.DataFrame:
    """Compile an analysis as a reader would and run it."""
    outcome = project.dbt("compile", "--select", analysis, **more_vars)
    assert outcome.success, outcome.output[-4000:]
    compiled = outcome.result.result.results[0].node.compiled_code
    assert f"{project.schema}_restricted" not in compiled, "an analysis reads the release alone"
    return project.query(compiled.replace("{", "{{").replace("}", "}}"))


@pytest.fixture(scope="module")
def features(mockup_project: Project) -> pd.DataFrame:
    """The released features, by antenna."""
    return mockup_project.table("final_features").set_index("antenna_id").sort_index()


def computed_here(features: pd.DataFrame) -> pd.DataFrame:
    """The features without the antenna's place and bandicoot's indicators."""
    last = features.columns.get_loc("reporting__number_of_records")
    return features.iloc[:, 2:last].astype(float)


def mean(features: pd.DataFrame, *names: str) -> pd.Series:
    """Mean of some features; NULL where one of them is."""
    return features[list(names)].astype(float).mean(axis=1, skipna=False)


def test_each_analysis_is_described_and_tested() -> None:
    described = yaml.safe_load((PROJECT_ROOT / "analyses" / "_analyses.yml").read_text())
    assert sorted(entry["name"] for entry in described["analyses"]) == ANALYSES
    for entry in described["analyses"]:
        assert "NULL" in str(entry), f"{entry['name']} does not say what NULL means"
    assert all(f"test_{name}" in globals() for name in ANALYSES)
    assert len(ANALYSES) >= 6


def test_most_isolated_antennas(mockup_project: Project, features: pd.DataFrame) -> None:
    rows = answer(mockup_project, "most_isolated_antennas")
    isolation = features["calls_isolation"].dropna().sort_values()
    assert list(rows["share_of_antennas_called"]) == list(isolation[:20])
    assert 0 < rows["share_of_antennas_called"].min() < rows["share_of_antennas_called"].max() <= 1


def test_coverage_of_the_release(mockup_project: Project, features: pd.DataFrame) -> None:
    rows = answer(mockup_project, "coverage_of_the_release").set_index("category")
    report = mockup_project.table("release_report")
    assert rows["features"].sum() == (report["released_table"] == "final_features").sum()
    peaks = features.filter(like="_peak_ratio")
    # Antennas without residents, of which the sample has none, would not count.
    assert rows.loc["peaks", "released_share"] == pytest.approx(peaks.notna().mean().mean())
    shares = rows[["released_share", "too_few_users_share", "dominated_share"]]
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)
    assert rows["too_few_users_share"].min() > 0, "the sample has antennas with too few residents"


def test_weekend_regions(mockup_project: Project, features: pd.DataFrame) -> None:
    rows = answer(mockup_project, "weekend_regions").set_index("antenna_id")
    calls = mean(features, "og_calls_week_ratio", "ic_calls_week_ratio")
    texts = mean(features, "og_sms_week_ratio", "ic_sms_week_ratio")
    above = pd.DataFrame({"calls": calls - calls.median(), "texts": texts - texts.median()})
    expected = pd.Series("mixed", above.index)
    expected[(above > 0).all(axis=1)] = "weekend"
    expected[(above < 0).all(axis=1)] = "workday"
    expected[above.isna().any(axis=1)] = None
    assert rows["region"].sort_index().to_dict() == expected.to_dict()
    assert {"weekend", "workday", None} <= set(rows["region"])
    assert rows["calls_above_median"].dropna().is_monotonic_decreasing
    assert len(rows) == len(features)


def test_early_rising_regions(mockup_project: Project, features: pd.DataFrame) -> None:
    rows = answer(mockup_project, "early_rising_regions").set_index("antenna_id")
    expected = mean(features, "og_calls_peak_ratio", "ic_calls_peak_ratio").dropna()
    found = rows["early_per_late_call"]
    pd.testing.assert_series_equal(found.sort_index(), expected, check_names=False)
    assert found.is_monotonic_decreasing
    assert rows["rank_among_antennas"].iloc[0] == 1 and rows["rank_among_antennas"].iloc[-1] == 0
    assert 0 < len(rows) < len(features), "some early peaks of the sample are withheld"


@pytest.fixture
def earlier_release(mockup_project: Project, features: pd.DataFrame) -> str:
    """A schema with a release in which ratios of calls were 0.5 less and one antenna was small."""
    schema = f"{mockup_project.schema}_earlier"
    first = features["calls_ratio"].dropna().index[0]
    with hive.connect("127.0.0.1", mockup_project.server.thrift_port) as connection:
        cursor = connection.cursor()
        cursor.execute(f"create schema {schema}")
        cursor.execute(
            f"create table {schema}.final_features using parquet as "
            f"select * except (calls_ratio, sms_ratio), calls_ratio - 0.5 as calls_ratio, "
            f"case when antenna_id != '{first}' then sms_ratio end as sms_ratio "
            f"from {mockup_project.schema}.final_features"
        )
    return schema


def test_change_between_releases(
    mockup_project: Project, features: pd.DataFrame, earlier_release: str
) -> None:
    rows = answer(mockup_project, "change_between_releases", earlier_release=earlier_release)
    assert list(rows["feature"]) == list(computed_here(features))
    rows = rows.set_index("feature")
    released = features["calls_ratio"].notna().sum()
    calls, texts = rows.loc["calls_ratio"], rows.loc["sms_ratio"]
    assert calls["antennas_in_both"] == released
    assert calls["median_change"] == pytest.approx(0.5)
    assert calls["later_median"] - calls["earlier_median"] == pytest.approx(0.5)
    assert calls["correlation"] == pytest.approx(1)
    assert (texts["antennas_in_both"], texts["antennas_in_later_only"]) == (released - 1, 1)
    unchanged = rows.drop(index=["calls_ratio"])["median_change"]
    assert (unchanged == 0).all()


def test_change_needs_an_earlier_release(mockup_project: Project) -> None:
    (sentence,) = answer(mockup_project, "change_between_releases")["nothing_to_compare"]
    assert "earlier_release" in sentence


def test_correlated_indicators(mockup_project: Project, features: pd.DataFrame) -> None:
    rows = answer(mockup_project, "correlated_indicators")
    expected = computed_here(features).corr(min_periods=10)
    for row in rows.itertuples():
        assert row.correlation == pytest.approx(expected.loc[row.feature1, row.feature2])
        assert row.antennas >= 10
    assert len(rows) == np.triu(expected.notna(), k=1).sum()
    strengths = rows["correlation"].abs()
    assert strengths.is_monotonic_decreasing
    # More residents call more.
    found = rows.set_index(["feature1", "feature2"])["correlation"]
    assert found["scaled_og_calls", "active_users"] > 0.9
