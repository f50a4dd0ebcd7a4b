"""The release against a second opinion: each decision of the privacy gate, and each released value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import oracle_privacy
import oracle_zones
import pandas as pd
import pytest
import random_cdr
from conftest import WITHOUT_DATA_TESTS, Project
from oracle_people import PAIR_COUNTS, periods
from oracle_privacy import PROFILE_MEASURES, RELEASED, WITHHELD_REST, Rounding, Verdict, leaves
from random_cdr import RawData, raw_vars

from bench import oracle

# Names of rests in the model antenna_rests, by those of the second opinion.
NAMES = {
    "workday": "workday", "day_without_work": "work", "day_without_peaks": "peaks",
    "directions": "directions", "weeks": "weeks", "withheld_partners": "partners",
    "withheld_capital": "capital", "night": "night",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A data set, and the vars of the gate."""

    name: str
    #: None: the fixture of that name has it already, as a project
    generate: Callable[[Path], RawData] | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    by_zone: bool = False

    def thresholds(self) -> dict[str, Any]:
        """The settings that the second opinion takes as well."""
        names = ("privacy_k", "privacy_max_share", "release_digits", "bandicoot")
        return {name: self.settings[name] for name in names if name in self.settings}


def edges(seed: int, **params: Any) -> Callable[[Path], RawData]:
    """Data at the edges of privacy."""
    return lambda folder: random_cdr.generate_edges(folder, seed, **params)


def attacks(seed: int, **options: Any) -> Callable[[Path], RawData]:
    """Random data with the planted attacks."""
    return lambda folder: random_cdr.generate(folder, seed, attacks=True, **options)


# Peaks that overlap working hours, and one outside of them; a short night.
OTHER_HOURS = {
    "noct_begin": 22, "noct_end": 5, "work_begin": 8, "work_end": 20, "ep_begin": 4, "ep_end": 9,
    "lp_begin": 21, "lp_end": 23, "weekend_days": [5], "week_starts_on": 7,
}  # fmt: skip
ATTACKED = Case("attacked_project", None, {"bandicoot": True})
SLOW_CASES = [
    Case("zoned_project", None, {"bandicoot": False}, by_zone=True),
    Case("edges", edges(3), {"privacy_k": 3, "bandicoot": True}),
    Case(
        "other_hours",
        edges(1, **OTHER_HOURS),
        {"privacy_k": 4, "privacy_max_share": 0.3, "release_digits": 2, "bandicoot": True},
    ),
    Case(
        "by_week",
        edges(2),
        {
            "period": "week", "privacy_k": 3, "privacy_max_share": 1, "release_digits": 17,
            "bandicoot": True,
        },
    ),
    Case(
        "by_month",
        edges(1),
        {"period": "month", "privacy_k": 9, "release_digits": 1, "bandicoot": True},
    ),
    Case(
        "zones_by_week",
        edges(2),
        {"period": "week", "privacy_k": 3, "bandicoot": False},
        by_zone=True,
    ),
    Case(
        "many",
        attacks(4, privacy_k=100),
        {"privacy_k": 100, "release_digits": 4, "bandicoot": True},
    ),
]  # fmt: skip


@dataclass
class Judged:
    """A release, and the second opinion on it per period; '' without periods."""

    case: Case
    project: Project
    truth: oracle.Oracle
    verdicts: dict[str, Verdict]

    def expected(self, table: Callable[[Verdict], pd.DataFrame]) -> pd.DataFrame:
        """A table of all periods, with the antennas of each as restricted tables name them."""
        found = []
        for period, verdict in self.verdicts.items():
            rows = table(verdict).copy()
            for name in rows.columns.intersection(["antenna_id", "antenna_id1", "antenna_id2"]):
                rows[name] = f"{period} " * bool(period) + rows[name]
            found.append(rows)
        return pd.concat(found, ignore_index=True)

    def released(self, name: str) -> pd.DataFrame:
        """A released table, with antennas in the same way; zones are called antennas too."""
        rows = self.project.table(name)
        rows = rows.drop(columns="zone_name", errors="ignore")
        rows.columns = [column.replace("zone_id", "antenna_id") for column in rows.columns]
        for key in rows.columns.intersection(["antenna_id", "antenna_id1", "antenna_id2"]):
            if "period" in rows:
                rows[key] = rows["period"] + " " + rows[key]
        return rows

    def rests(self) -> pd.DataFrame:
        """The rests at antennas with enough residents."""
        features = self.expected(lambda verdict: verdict.features)
        is_open = (features["feature"] == "active_users") & (features["decision"] == RELEASED)
        rests = self.expected(lambda verdict: verdict.rests)
        return rests[rests["antenna_id"].isin(features["antenna_id"][is_open])]

    @property
    def rounding(self) -> Rounding:
        """How finely values are told."""
        return next(iter(self.verdicts.values())).rounding


@pytest.fixture(
    scope="module",
    params=[ATTACKED, *(pytest.param(case, marks=pytest.mark.slow) for case in SLOW_CASES)],
    ids=lambda case: case.name,
)
def judged(
    request: pytest.FixtureRequest,
    make_project: Callable[..., Project],
    tmp_path_factory: pytest.TempPathFactory,
) -> Judged:
    case: Case = request.param
    if case.generate is None:
        raw: RawData = request.getfixturevalue("attacked_raw")
        project: Project = request.getfixturevalue(case.name)
    else:
        raw = case.generate(tmp_path_factory.mktemp(case.name) / "raw")
        project = make_project(f"gate_{case.name}", **raw_vars(raw), **case.settings)
        if case.by_zone:
            zones_file = oracle_zones.write_thirds(project.folder, raw.locations)
            project.vars |= {"zones": str(zones_file), "capital": oracle_zones.CAPITAL}
        project.build(*WITHOUT_DATA_TESTS)
    truth = oracle.compute(raw.raw_glob, raw.locations, oracle.OracleParams(**raw.params))
    period = case.settings.get("period", "all")
    parts = {"": truth} if period == "all" else periods(truth, period)
    if case.by_zone:
        zones = oracle_zones.read_zones(project.vars["zones"])
        capital = [oracle_zones.CAPITAL]
        parts = {name: oracle_zones.of_zones(part, zones, capital) for name, part in parts.items()}
    verdicts = {
        name: oracle_privacy.decide(part, **case.thresholds()) for name, part in parts.items()
    }
    return Judged(case, project, truth, verdicts)


def kind_of(rest: str) -> str:
    """A rest's name without the measure or the kind of event."""
    return re.sub(r"\.\w+", "", rest)


def assert_same(found: pd.Series, expected: pd.Series) -> None:
    """Equal under all keys; the message names the first differences."""
    found, expected = found.sort_index(), expected.sort_index()
    assert list(found.index) == list(expected.index)
    alike = (found.to_numpy() == expected.to_numpy()) | (found.isna() & expected.isna()).to_numpy()
    differing = pd.DataFrame({"found": found, "expected": expected})[~alike]
    assert differing.empty, f"{len(differing)} differ:\n{differing.head(20).to_string()}"


def test_features_are_decided_alike(judged: Judged) -> None:
    """Values before the gate to 1e-9, decisions exactly."""
    keys = ["antenna_id", "feature"]
    found = judged.project.restricted("feature_decisions").set_index(keys).sort_index()
    rests = judged.project.restricted("feature_rests").set_index(keys).index
    assert rests.is_unique and (found.loc[rests, "decision"] == RELEASED).all()
    found.loc[rests, "decision"] = WITHHELD_REST
    expected = judged.expected(lambda verdict: verdict.features).set_index(keys).sort_index()
    assert list(found.index) == list(expected.index)
    np.testing.assert_allclose(
        found["value"].astype(float), expected["value"], rtol=1e-9, atol=1e-12, equal_nan=True
    )
    assert_same(found["decision"], expected["decision"])


def test_rests_are_judged_alike(judged: Judged) -> None:
    """Those that are named alike, where anything may be released; what the others withhold is
    compared with the features."""
    table = judged.project.restricted("antenna_rests").set_index(["antenna_id", "rest"])
    found = table["is_safe"].to_dict()
    compared = set()
    for row in judged.rests().itertuples():
        name, *about = row.rest.split(".")
        if name in NAMES:
            compared.add(name)
            # what is about nobody may be left out
            is_safe = found.get((row.antenna_id, ".".join([NAMES[name], *about])), True)
            assert is_safe == row.is_safe, row
    # without bandicoot nothing is told of the night
    assert compared | {"night"} == {*NAMES}


def test_released_features(judged: Judged) -> None:
    """A value is released exactly where it may be, rounded exactly, and listed where it may not."""
    table = judged.released("final_features").set_index("antenna_id").sort_index()
    decisions = judged.project.restricted("feature_decisions")
    expected = judged.expected(Verdict.final_features).set_index("antenna_id").sort_index()
    assert list(table.columns.drop("period", errors="ignore")) == list(expected.columns)
    exact = decisions.pivot(index="antenna_id", columns="feature", values="value").astype(float)
    for feature in expected.columns[2:-1]:
        shown = expected[feature].notna()
        rounded = exact[feature].map(lambda value, name=feature: judged.rounding(name, value))
        assert_same(table[feature].astype(float), rounded.where(shown).rename(feature))
    assert_same(table["withheld_features"], expected["withheld_features"])


def test_released_pairs(judged: Judged) -> None:
    keys = ["antenna_id1", "antenna_id2"]
    table = judged.released("final_interactions").set_index(keys)
    expected = judged.expected(Verdict.final_interactions).set_index(keys)
    for name in (*PAIR_COUNTS, "withheld_features"):
        values = (column[name] for column in (table, expected))
        assert_same(*(v if name == "withheld_features" else v.astype(float) for v in values))


@pytest.mark.parametrize("time", ["hour", "week"])
def test_released_profiles(judged: Judged, time: str) -> None:
    """Each companion, and each block without one."""
    found = judged.released(f"final_{time}ly_profile")
    expected = judged.expected(lambda verdict: verdict.final_profile(time))
    if time == "week":
        found, expected = (
            table.assign(week=pd.to_datetime(table["week"]).dt.date) for table in (found, expected)
        )
    found, expected = (table.set_index(["antenna_id", time]) for table in (found, expected))
    assert_same(found["withheld_values"], expected["withheld_values"])
    for measure in PROFILE_MEASURES:
        assert_same(found[measure].astype(float), expected[measure].astype(float))


def test_report_and_run(judged: Judged) -> None:
    """The report counts the decisions, of pairs only what is released; rows are rounded."""
    keys = ["released_table", "feature"]
    report = judged.project.table("release_report").set_index(keys)
    expected = judged.expected(Verdict.release_report).groupby(keys).sum(min_count=1)
    for outcome in ("total", *oracle_privacy.OUTCOMES):
        assert_same(report[outcome].astype(float), expected[outcome])
    rows = judged.project.table("release_run")["accepted_rows"].item()
    assert rows == judged.rounding.accepted_rows(len(judged.truth.events))


def test_every_rest_is_met(judged: Judged) -> None:
    """Else the comparison proves nothing: each rest is safe somewhere and unsafe elsewhere, where
    there are enough residents; and each decision is made."""
    if judged.case.name != "edges":
        pytest.skip("the other data sets are not made for this")
    features, rests = judged.expected(lambda verdict: verdict.features), judged.rests()
    kinds = rests.groupby("rest")["is_safe"].agg(set)
    assert (kinds.map(len) == 2).all(), list(kinds.index[kinds.map(len) < 2])
    # Each kind of rest withholds something that nothing else does.
    unsafe = rests[~rests["is_safe"]].groupby("antenna_id")["rest"].agg(set)
    alone = {
        next(iter(causes))
        for row in features[features["decision"] == WITHHELD_REST].itertuples()
        if len(causes := unsafe[row.antenna_id] & {*leaves(row.feature)}) == 1
    }
    left = {kind_of(rest) for feature in {*features["feature"]} for rest in leaves(feature)}
    missing = left - {*map(kind_of, alone)}
    assert not missing, missing
    profiles = [judged.expected(lambda verdict: verdict.hours)]
    profiles.append(judged.expected(lambda verdict: verdict.weeks))
    for decisions in (features, *profiles):
        assert set(decisions["decision"]) >= {*oracle_privacy.OUTCOMES} - {oracle_privacy.NO_DATA}
