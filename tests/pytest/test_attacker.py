"""The attacker's tools and attacks on releases made by hand, whose answers are known."""

from __future__ import annotations

import dataclasses
import decimal
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.privacy_audit import command_line
from scripts.privacy_audit.disclosure import companions, metadata, neighbours, pairs, variances
from scripts.privacy_audit.disclosure.linear import System
from scripts.privacy_audit.disclosure.quantities import Claim, PairCount, Partners, Sum, Without
from scripts.privacy_audit.disclosure.release import MEASURES, PAIR_COUNTS, Release
from scripts.privacy_audit.disclosure.rounding import INDICATORS, Interval, Rounding
from scripts.privacy_audit.disclosure.scores import is_determined, score
from scripts.privacy_audit.disclosure.truth import fact
from scripts.privacy_audit.gate.rounding import rounded
from scripts.privacy_audit.parts import PARTS, Choice, Found

PARAMETERS = {
    "privacy_k": 15, "privacy_max_share": 0.5, "noct_begin": 19, "noct_end": 7, "work_begin": 9,
    "work_end": 17, "ep_begin": 3, "ep_end": 5, "lp_begin": 10, "lp_end": 12, "week_starts_on": 1,
}  # fmt: skip
WEEKS = [date(2024, 4, 29), date(2024, 5, 6), date(2024, 5, 13), date(2024, 5, 20)]


def release_of(
    hours: Mapping[int, float | str],
    weeks: Sequence[float | str],
    digits: int | None = None,
    **features: float,
) -> Release:
    """One antenna with one measure, og_calls; a value or the rule by which it is withheld."""

    def profile(values: dict, name: str) -> pd.DataFrame:
        table = pd.DataFrame(
            index=pd.MultiIndex.from_product([["a"], values], names=["antenna_id", name])
        )
        for measure in MEASURES:
            table[measure] = 0.0
        texts = [value if isinstance(value, str) else "" for value in values.values()]
        table["og_calls"] = [
            np.nan if text else value for value, text in zip(values.values(), texts, strict=True)
        ]
        table["withheld_values"] = [f"og_calls={text}" if text else "" for text in texts]
        return table

    shown = {"active_users": 40, "withheld_features": "", "latitude": 0.0, "longitude": 0.0}
    return Release(
        features=pd.DataFrame({**shown, **features}, index=["a"]),
        interactions=pd.DataFrame(),
        hourly=profile({hour: hours.get(hour, 0.0) for hour in range(24)}, "hour"),
        weekly=profile(dict(zip(WEEKS, weeks, strict=True)), "week"),
        report=pd.DataFrame(),
        quality=pd.DataFrame(),
        accepted_rows=0,
        parameters=PARAMETERS | ({"release_digits": digits} if digits else {}),
    )


def rounded_half_up(value: float, digits: int, decimals: int | None = None) -> float:
    """A number as the gate rounds it."""
    exact = decimal.Decimal(repr(value))
    places = digits - 1 - exact.adjusted()
    places = places if decimals is None else min(places, decimals)
    unit = decimal.Decimal(1).scaleb(-places)
    return float(exact.quantize(unit, rounding=decimal.ROUND_HALF_UP))


@given(st.floats(1e-6, 1e7), st.integers(1, 6), st.integers(1, 200))
def test_what_a_rounded_number_says(value: float, digits: int, k: int) -> None:
    """The value is among those that it can have been, and none of them is further off."""
    rounding = Rounding(digits, k)
    decimals = len(str(k + 1)) - 1
    for feature, shown in (
        ("calls_ratio", rounded_half_up(value, digits)),
        ("calls_entropy", rounded_half_up(value, max(digits - 1, 1))),
        (INDICATORS[0], rounded_half_up(value, digits, decimals)),
    ):
        bounds = rounding.read(feature, shown)
        assert bounds.low <= value <= bounds.high, feature
        step = max(value * 10.0 ** (2 - digits), 10.0**-decimals)
        assert bounds.high - bounds.low <= 1.1 * step, feature
    rows = rounding.rows(rounded_half_up(value, max(digits - 2, 1), -len(str(k))))
    assert rows.low <= value <= rows.high


def test_the_audit_rounds_like_the_gate() -> None:
    values = pd.Series({"calls_ratio": 1.23456, "calls_entropy": 1.23456, INDICATORS[0]: 1.23456})
    assert rounded(values).tolist() == [1.23, 1.2, 1.2]


def test_ends_of_a_sum() -> None:
    """x + y = 10, x at least 2, 3 x at most y: x is 2 to 2.5; y + z is not bounded."""
    system = System()
    x, y, z = (system.unknown(name, least) for name, least in (("x", 2), ("y", 0), ("z", 0)))
    system.within({x: 1, y: 1}, Interval(10, 10))
    system.at_most({x: 3, y: -1}, 0)
    ends = system.ends()
    found = ends({x: 1.0})
    assert found is not None
    assert [found.low, found.high] == pytest.approx([2, 2.5], abs=1e-4)
    unbounded = ends({y: 1.0, z: 1.0})
    assert unbounded is not None
    assert unbounded.high == np.inf


def test_contradictions_are_wrong_claims() -> None:
    """Nobody must take equations without a solution for a release that tells nothing."""
    system = System()
    x = system.unknown("x")
    system.within({x: 1}, Interval(10, 10))
    system.within({x: 1}, Interval(12, 12))
    assert system.ends()({x: 1.0}) is None
    nowhere = Claim("any", Without("a", ("allweek", "allday", "call")), np.nan, np.nan)
    scores = score([nowhere], lambda _: fact(np.ones(3)), 15, 0.5)
    assert scores["wrong"].all()
    assert not is_determined(scores).any()


@pytest.mark.parametrize(
    ("digits", "hours", "weeks", "expected"),
    [
        # Formerly the companion was the smallest value. It is one of at most 16 here, and on more than
        # 15 people, so that one call was at night.
        (None, {2: "k", 12: "rest", 13: 16, 14: 90}, [30, 31, 32, 30], (1, 1)),
        # The nearest value is the companion: that says nothing about how large it is.
        (3, {2: "k", 3: "rest", 13: 16, 14: 90}, [30, 31, 32, 60], (1, 31)),
    ],
)
def test_companions(
    digits: int | None, hours: dict, weeks: list[float], expected: tuple[float, float]
) -> None:
    [claim] = companions.attack(release_of(hours, weeks, digits))
    assert claim.quantity == Sum("a", ("og_calls",), slots=(2,))
    assert (claim.low, claim.high) == expected


def test_variances() -> None:
    """Two weeks follow from the variance with all its digits; with two digits they do not."""
    weeks = np.array([31.0, 17.0, 5.0, 29.0])
    incoming = np.array([20.0, 30.0, 40.0, 20.0])
    exact = float(np.var(weeks / incoming, ddof=1))
    hours = {12: float(weeks.sum())}
    for digits, value in ((None, exact), (2, rounded_half_up(exact, 2))):
        release = release_of(hours, [31.0, "rest", "k", 29.0], digits, calls_ratio_var=value)
        release.weekly["ic_calls"] = incoming
        claims = {c.quantity: (c.low, c.high) for c in variances.attack(release)}
        low, high = claims[Sum("a", ("og_calls",), weeks=(WEEKS[2],))]
        assert low <= 5 <= high
        assert (low == high) == (digits is None)


def with_metadata(accepted: list[float], digits: int | None, **report: float) -> Release:
    """Two antennas, one of them with few people; 100 outgoing calls a week are of the other one."""
    release = release_of({12: 400}, [100.0] * 4, digits, calls_isolation=0.5, sms_isolation=0.5)
    features = pd.concat([release.features, release.features.rename({"a": "b"})])
    features.loc["b", ["active_users", "calls_isolation", "sms_isolation"]] = np.nan
    features.loc["b", "withheld_features"] = "active_users=k"
    outcomes = dict.fromkeys(["total", *metadata.OUTCOMES, "not_existing", "no_data"], np.nan)
    keys = [("final_interactions", count) for count in PAIR_COUNTS.values()]
    rows = pd.DataFrame({**outcomes, **report}, index=pd.MultiIndex.from_tuples(keys))
    quality = pd.DataFrame({"accepted_rows": accepted}, index=WEEKS)
    return dataclasses.replace(
        release, features=features, report=rows, quality=quality, accepted_rows=sum(accepted)
    )


@pytest.mark.parametrize(
    "report",
    [
        {"total": 5, "not_existing": 2, "no_data": 0},
        {"released": 1, "withheld_k": 2, "withheld_dominance": 0, "withheld_rest": 0},
    ],
)
def test_pairs_that_exist(report: dict[str, float]) -> None:
    """Three pairs less the one of antenna a are two of antenna b, where all pairs are counted."""
    release = with_metadata([100.0] * 4, None, **report)
    claims = metadata.partners({"all": release})
    assert {(c.quantity, c.low, c.high) for c in claims} == {
        (Partners("all", "b", kind), 2, 2) for kind in PAIR_COUNTS
    }
    assert metadata.partners({"all": with_metadata([100.0] * 4, 3, released=1)}) == []


def test_accepted_rows() -> None:
    """Rows less the events of all antennas are everybody else's; rounded, this says little."""
    exact = metadata.rows({"all": with_metadata([103, 101, 100, 100], None)})
    weeks = [getattr(claim.quantity, "week", "no week") for claim in exact]
    assert [
        (week, round(claim.low), round(claim.high))
        for week, claim in zip(weeks, exact, strict=True)
    ] == [*zip([*WEEKS, None], [3, 1, 0, 0, 4], [3, 1, 0, 0, 4], strict=True)]
    rounded_rows = metadata.rows({"all": with_metadata([100, 100, 100, 100], 3)})
    assert all(claim.low == 0 and claim.high >= 50 for claim in rounded_rows)


def test_differences() -> None:
    """Counts that both releases show are subtracted."""
    columns = ["antenna_id1", "antenna_id2", "call_count", "sms_count"]
    one, two = (release_of({12: n, 13: 20}, [n + 20, 0, 0, 0]) for n in (21, 20))
    one, two = (
        dataclasses.replace(
            release, interactions=pd.DataFrame([("a", "a", count, np.nan)], columns=columns)
        )
        for release, count in ((one, 30.0), (two, 28.0))
    )
    found = {type(c.quantity).__name__: c.low for c in neighbours.differences(one, two)}
    assert found == {"Sum": 1.0, "PairCount": 2.0}
    assert neighbours.features_that_differ(one, two) == (3, 0)


@pytest.mark.parametrize("failures", [0, 3])
def test_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tmp_path: Path, failures: int
) -> None:
    """The command fails with a sentence where something was determined that is no concession."""
    table = pd.DataFrame({"determined": [failures, 2]}, index=["1 pairs", "10 insider"])

    def part(choice: Choice) -> Iterator[Found]:
        assert choice.mockups == ["sparse"]
        yield Found("Disclosure, mock-up sparse", table, failures)

    monkeypatch.setitem(PARTS, "disclosure", part)
    code = command_line.main(
        ["--parts", "disclosure", "--mockups", "sparse", "--output", str(tmp_path)]
    )
    output = capsys.readouterr()
    assert code == (1 if failures else 0)
    assert "Conceded (10 insider): who knows how many people" in output.out
    sentence = "Disclosure, mock-up sparse: 3 quantities that rest on too few people follow"
    assert (sentence in output.err) == bool(failures)
    assert json.loads((tmp_path / "privacy_audit.json").read_text())


# Calls of antenna "a": what stays there and goes to neighbours is released. What goes to far antennas,
# one of which is the capital, is withheld.
NEAR = {"a": 3000, "b": 2000, "c": 2000, "d": 2000}
FAR = {"capital": 90, "e": 60, "f": 60, "g": 60, "h": 60, "i": 60}


def with_pairs(**shown: float) -> Release:
    """A release of the features about the pairs of antenna "a", and of others if they are given."""
    counts = pd.Series({**NEAR, **FAR}, dtype=float)
    places = {name: 0.01 * number for number, name in enumerate(NEAR)}
    places |= {name: 9 + 0.01 * number for number, name in enumerate(FAR)}
    features = pd.DataFrame({"latitude": places, "longitude": 0.0})
    features["active_users"], features["withheld_features"] = 100.0, ""
    release = dataclasses.replace(
        release_of({}, [0.0] * 4),
        features=features,
        interactions=pd.DataFrame(
            {"antenna_id1": "a", "antenna_id2": list(NEAR), "call_count": list(NEAR.values())}
        ).assign(sms_count=np.nan),
        parameters={**PARAMETERS, "release_digits": 3, "capital": "capital"},
    )
    shares = counts / counts.sum()
    entropy = float(-(shares * np.log2(shares)).sum())
    values = {
        "calls_dist_mean": float((counts * release.distances.loc["a"]).sum() / counts.sum()),
        "calls_isolation": 1.0,
        "calls_entropy": entropy / 10,
        "calls_partner_entropy": float(entropy / np.log2(len(counts))),
        **shown,
    }
    for name, value in values.items():
        features.loc["a", name] = rounded_half_up(value, 2)
    return release


def test_a_share_of_one_withheld_pair() -> None:
    """Why the share of a capital of one antenna is withheld with the count of that pair."""
    count = PairCount("a", "capital", "calls")
    found = {}
    for is_shown in (False, True):
        shown = {"calls_capital_share": 90 / (9000 + 390)} if is_shown else {}
        [claim] = [c for c in pairs.attack(with_pairs(**shown)) if c.quantity == count]
        assert not claim.low > 90 and not claim.high < 90
        # of one person
        found[is_shown] = is_determined(score([claim], lambda _: fact(np.array([90.0])), 15, 0.5))
    assert not found[False].any()
    assert found[True].all()


def test_number_of_partners() -> None:
    """A share of the homes and a number, both with two digits, tell more than each of them."""
    release = with_pairs(calls_isolation=0.48)
    homes = [f"home-{number}" for number in range(300 - len(release.homes))]
    features = release.features.reindex([*release.features.index, *homes])
    features["withheld_features"] = features["withheld_features"].fillna("active_users=k")
    for number, expected in ((None, (143, 145)), (150.0, (145, 145))):
        features["calls_partners"] = np.nan if number is None else number
        partners = dataclasses.replace(release, features=features).partners("a", "calls")
        assert partners is not None
        assert partners.whole() == expected
