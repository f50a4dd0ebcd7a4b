"""Every analysis runs on a release and answers its question, by a second way of computing it.

The releases are by all, week and month; the reader's vars say otherwise, and the reader has neither
the raw files nor the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import PERIODS, PROJECT_ROOT, Outcome, Project, Release

ANALYSES = sorted(file.stem for file in (PROJECT_ROOT / "analyses").glob("*.sql"))
# What a release was made with, and what a reader of it says.
READERS_VARS = {
    "all": {"period": "week", "bandicoot": False},
    "week": {"period": "all", "bandicoot": True},
    "month": {"period": "week", "bandicoot": True},
}


def reader(project: Project) -> Project:
    """Somebody who has the release alone, with a folder of their own."""
    folder = project.folder / "reader"
    nowhere = {"raw_data_path": "/nowhere/", "pseudonym_key_file": "/nowhere/pseudonym.key"}
    return replace(project, folder=folder, vars=nowhere)


def show(project: Project, *analyses: str, **more_vars: Any) -> Outcome:
    """Ask analyses as a reader does."""
    return reader(project).dbt(
        "show", "--no-populate-cache", "--limit", "-1", "--select", *analyses, **more_vars
    )


def tables(outcome: Outcome) -> dict[str, pd.DataFrame]:
    """What analyses answered, by name, with numbers as such and all else as text."""
    assert outcome.success, outcome.output[-4000:]
    found = {}
    result: Any = outcome.result.result
    for run in result.results:
        columns = {
            column.name: [
                value if value is None or isinstance(value, str) else str(value)
                for value in column.values()
            ]
            for column in run.agate_table.columns
        }
        table = pd.DataFrame(columns, dtype=object)
        for name in table.columns.difference(["period", "antenna_id"]):
            numbers = pd.to_numeric(table[name], errors="coerce")
            if numbers.notna().sum() == table[name].notna().sum():
                table[name] = numbers
        found[run.node.name] = table
    return found


def computed_here(features: pd.DataFrame) -> pd.DataFrame:
    """The features without keys, the antenna's place, bandicoot's indicators and what was withheld."""
    others = ["period", "antenna_id", "longitude", "latitude", "withheld_features"]
    names = [name for name in features if "__" not in name and name not in others]
    return features[names].astype(float)


def mean(features: pd.DataFrame, *names: str) -> pd.Series:
    """Mean of some features; NULL where one of them is."""
    return features[list(names)].astype(float).mean(axis=1, skipna=False)


def assert_rows(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """The same rows in the same order, in the columns that are expected."""
    pd.testing.assert_frame_equal(
        found[list(expected)].reset_index(drop=True),
        expected.reset_index(drop=True),
        check_dtype=False,
        rtol=1e-9,
        atol=1e-12,
    )


@dataclass
class Asked:
    """A release and what the analyses say of it."""

    release: Release
    features: pd.DataFrame
    earlier: pd.DataFrame
    answers: dict[str, pd.DataFrame]
    output: str
    statements: str

    def latest_first(self, **columns: Any) -> pd.DataFrame:
        """Rows about antennas, those of the latest period first."""
        keys = self.features[["period", "antenna_id"]]
        return keys.assign(**columns).sort_values("period", ascending=False, kind="stable")


@pytest.fixture(scope="module", params=PERIODS)
def asked(request: pytest.FixtureRequest, release_by: Callable[[str], Release]) -> Asked:
    """All analyses of a release, in one command, with other vars than the release's."""
    release = release_by(request.param)
    project = release.project
    features = release.file("final_features")

    # An earlier release in which ratios of calls were 0.5 less, one antenna was small, and the first
    # period was another one.
    small = features["antenna_id"].min()
    earlier = features.assign(
        calls_ratio=features["calls_ratio"] - 0.5,
        sms_ratio=features["sms_ratio"].mask(features["antenna_id"] == small),
    )
    period = ""
    if request.param != "all":
        earlier["period"] = earlier["period"].replace(features["period"].min(), "2001-01")
        period = f"case when period = '{features['period'].min()}' then '2001-01' else period end as period,"
    schema = f"{project.schema}_earlier"
    project.execute(f"create schema {schema}")
    project.execute(
        f"create table {schema}.final_features using parquet as select {period} "
        f"* except ({'period, ' if period else ''}calls_ratio, sms_ratio), "
        "calls_ratio - 0.5 as calls_ratio, "
        f"case when antenna_id != '{small}' then sms_ratio end as sms_ratio "
        "from {release}.final_features"
    )

    outcome = show(project, *ANALYSES, earlier_release=schema, **READERS_VARS[request.param])
    statements = (reader(project).folder / "logs" / "dbt.log").read_text()
    return Asked(release, features, earlier, tables(outcome), outcome.output, statements)


# --- each analysis --------------------------------------------------------------------------------


def test_each_analysis_is_described_and_tested(asked: Asked) -> None:
    described = yaml.safe_load((PROJECT_ROOT / "analyses" / "_analyses.yml").read_text())
    columns = {
        entry["name"]: [column["name"] for column in entry["columns"]]
        for entry in described["analyses"]
    }
    assert sorted(columns) == ANALYSES and len(ANALYSES) >= 6
    for name, answer in asked.answers.items():
        assert columns[name] == list(answer), f"{name} has other columns than are described"
        entry = next(entry for entry in described["analyses"] if entry["name"] == name)
        assert "NULL" in str(entry), f"{name} does not say what NULL means"
    assert all(f"test_{name}" in globals() for name in ANALYSES)


def test_a_reader_needs_the_release_alone(asked: Asked) -> None:
    assert f"{asked.release.project.schema}.final_features" in asked.statements
    assert "_restricted" not in asked.statements, "an analysis asks for restricted tables"


def test_most_isolated_antennas(asked: Asked) -> None:
    rows = asked.latest_first(
        share_of_antennas_called=asked.features["calls_isolation"],
        mean_km_of_calls=asked.features["calls_dist_mean"],
    ).dropna(subset="share_of_antennas_called")
    rows = rows.sort_values(
        ["period", "share_of_antennas_called", "mean_km_of_calls", "antenna_id"],
        ascending=[False, True, False, True],
    )
    expected = rows.groupby("period", sort=False).head(20)
    found = asked.answers["most_isolated_antennas"]
    assert_rows(found, expected)
    places = found.groupby("period")["place_in_period"].agg(list)
    assert all(place == list(range(1, len(place) + 1)) for place in places)
    assert 0 < expected["share_of_antennas_called"].min() <= 1


def test_coverage_of_the_release(asked: Asked) -> None:
    rows = asked.answers["coverage_of_the_release"].set_index("category")
    report = asked.release.file("release_report")
    features = asked.features
    assert rows["features"].sum() == (report["released_table"] == "final_features").sum()
    indicators = [name for name in features if "__" in name]
    assert rows["features"].get("bandicoot", 0) == len(indicators)
    assert (rows["periods"] == features["period"].nunique()).all()
    # Antennas without residents, of which the samples have none, would not count.
    lists = features["withheld_features"]
    for category, ending in {"peaks": "_peak_ratio", "working hours": "_work_ratio"}.items():
        values = features.filter(like=ending)
        row = rows.loc[category]
        assert row["released_share"] == pytest.approx(values.notna().mean().mean())
        for rule, share in {"k": "too_few_users_share", "dominance": "dominated_share"}.items():
            withheld = lists.str.count(f"{ending}={rule}").sum()
            assert row[share] == pytest.approx(withheld / values.size)
    shares = rows[["released_share", "too_few_users_share", "dominated_share"]]
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)
    assert rows["too_few_users_share"].max() > 0, "the samples have antennas with too few residents"


def test_weekend_regions(asked: Asked) -> None:
    shares = asked.latest_first(
        calls_share=mean(asked.features, "og_calls_week_ratio", "ic_calls_week_ratio"),
        sms_share=mean(asked.features, "og_sms_week_ratio", "ic_sms_week_ratio"),
    )
    medians = shares.groupby("period")[["calls_share", "sms_share"]].transform("median")
    above = (shares[["calls_share", "sms_share"]] - medians).set_axis(["calls", "sms"], axis=1)
    region = pd.Series("mixed", above.index, dtype=object)
    region[(above > 0).all(axis=1)] = "weekend"
    region[(above < 0).all(axis=1)] = "workday"
    region[above.isna().any(axis=1)] = None
    expected = shares.assign(calls_above_median=above["calls"], region=region).sort_values(
        ["period", "calls_above_median", "antenna_id"], ascending=[False, False, True]
    )
    found = asked.answers["weekend_regions"]
    assert_rows(found, expected)
    assert len(found) == len(asked.features)
    assert {"weekend", "workday"} <= set(found["region"])


def test_early_rising_regions(asked: Asked) -> None:
    rows = asked.latest_first(
        early_per_late_call=mean(asked.features, "og_calls_peak_ratio", "ic_calls_peak_ratio"),
        early_per_late_text=mean(asked.features, "og_sms_peak_ratio", "ic_sms_peak_ratio"),
    ).dropna(subset="early_per_late_call")
    risers = rows.groupby("period")["early_per_late_call"]
    rank = (risers.rank(method="min") - 1) / (risers.transform("size") - 1)
    expected = rows.assign(rank_among_antennas=rank.fillna(0)).sort_values(
        ["period", "early_per_late_call", "antenna_id"], ascending=[False, False, True]
    )
    assert_rows(asked.answers["early_rising_regions"], expected)
    assert 0 < len(expected) < len(asked.features), "some early peaks of the samples are withheld"


def test_correlated_indicators(asked: Asked) -> None:
    found = asked.answers["correlated_indicators"]
    pairs = 0
    for period, features in asked.features.groupby("period"):
        values = computed_here(features)
        both = values.notna().astype(int)
        counts, expected = both.T @ both, values.corr(min_periods=10)
        rows = found[found["period"] == period]
        for row in rows.itertuples():
            wanted = expected.loc[row.feature1, row.feature2]
            assert row.correlation == pytest.approx(wanted, nan_ok=True)
            assert row.antennas == counts.loc[row.feature1, row.feature2]
        assert len(rows) == (np.triu(counts, k=1) >= 10).sum()
        assert rows["antennas"].max() <= features["antenna_id"].nunique()
        assert rows["correlation"].abs().dropna().is_monotonic_decreasing
        pairs += len(rows)
        # More residents call more.
        of_pairs = rows.set_index(["feature1", "feature2"])["correlation"]
        assert of_pairs["scaled_og_calls", "active_users"] > 0.8
    assert len(found) == pairs
    assert found["period"].is_monotonic_decreasing


def test_change_between_releases(asked: Asked) -> None:
    found = asked.answers["change_between_releases"]
    features, earlier = asked.features, asked.earlier
    periods = sorted(set(features["period"]) & set(earlier["period"]), reverse=True)
    names = list(computed_here(features))
    assert list(found["feature"]) == names * len(periods)
    assert list(found["period"]) == [period for period in periods for _ in names]
    both = features.merge(earlier, on=["period", "antenna_id"], suffixes=("", "_earlier"))
    for row in found.itertuples():
        rows = both[both["period"] == row.period]
        later, former = (
            rows[name].astype(float) for name in (row.feature, f"{row.feature}_earlier")
        )
        compared = later.notna() & former.notna()
        assert row.antennas_in_both == compared.sum()
        assert row.antennas_in_earlier_only == (former.notna() & later.isna()).sum()
        assert row.antennas_in_later_only == (later.notna() & former.isna()).sum()
        for value, expected in (
            (row.earlier_median, former[compared].median()),
            (row.later_median, later[compared].median()),
            (row.median_change, (later - former)[compared].median()),
        ):
            assert value == pytest.approx(expected, nan_ok=True)
    calls = found[found["feature"] == "calls_ratio"]
    assert calls["median_change"].to_numpy() == pytest.approx(0.5)
    assert calls["correlation"].to_numpy() == pytest.approx(1)
    texts = found[found["feature"] == "sms_ratio"]
    assert texts["antennas_in_later_only"].sum() > 0

    warning = re.search(r"The two releases have different periods.*", asked.output)
    assert bool(warning) == (asked.release.period != "all")
    if warning:
        left_out = features["period"].min()
        assert (
            f"only in the earlier release: 1 (2001-01); only in the later one: 1 ({left_out})"
            in (warning[0])
        )


# --- what cannot be answered ----------------------------------------------------------------------


@pytest.mark.slow
def test_change_needs_releases_by_the_same_periods(release_by: Callable[[str], Release]) -> None:
    earlier = release_by("all").project.schema
    outcome = show(
        release_by("week").project, "change_between_releases", earlier_release=earlier, period="all"
    )
    (sentence,) = tables(outcome)["change_between_releases"]["nothing_to_compare"]
    assert sentence.startswith("Only the later release has periods")
    assert sentence in outcome.output, "dbt's table shows the beginning of it"


@pytest.mark.slow
def test_change_needs_a_common_period(release_by: Callable[[str], Release]) -> None:
    earlier = release_by("month").project.schema
    outcome = show(release_by("week").project, "change_between_releases", earlier_release=earlier)
    (sentence,) = tables(outcome)["change_between_releases"]["nothing_to_compare"]
    assert "no period in common. Periods only in the earlier release: 2 (2024-04 to 2024-05)" in (
        sentence
    )


def test_without_a_release_a_sentence_says_what_to_run(
    make_project: Callable[..., Project],
) -> None:
    project = reader(make_project("unreleased"))
    outcome = show(project, "correlated_indicators")
    assert not outcome.success
    assert "earlier_release" not in outcome.output, "another analysis speaks"
    assert f"no release in the schema {project.schema} yet" in outcome.output
    assert "`dbt build`" in outcome.output and "Traceback" not in outcome.output
    (sentence,) = tables(show(project, "change_between_releases"))["change_between_releases"][
        "nothing_to_compare"
    ]
    assert "earlier_release" in sentence
    outcome = show(project, "change_between_releases", earlier_release="nowhere")
    assert "no table final_features in the schema nowhere of var earlier_release" in outcome.output
    for command in (["compile"], ["docs", "generate"]):
        outcome = project.dbt(*command)
        assert outcome.success, outcome.output[-4000:]
