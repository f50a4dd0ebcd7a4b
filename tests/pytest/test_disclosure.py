"""From all that is released together, nothing about too few people can be determined.

Each attack is made on a release of today's gate, in which it must find nothing, and on a release of
the same data by the former gate (see `former_gate`), in which it must find the hole that it is for.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path

import former_gate
import pandas as pd
import pytest
from conftest import Project

from scripts import mockup
from scripts.privacy_audit import mockups, pipeline
from scripts.privacy_audit.disclosure import indicators, metadata, pairs, sums
from scripts.privacy_audit.disclosure.audit import audit, failures
from scripts.privacy_audit.disclosure.quantities import Claim, Outsiders, Partners, Quantity
from scripts.privacy_audit.disclosure.release import Release, read_release
from scripts.privacy_audit.disclosure.scores import is_determined, score, summary
from scripts.privacy_audit.disclosure.tables import Truths, read_truths
from scripts.privacy_audit.disclosure.truth import Fact

# Small enough for exact attacks, and sparse enough for all holes of the former gate: a week, one
# holiday, one antenna with few residents, and others with hardly enough people for a value.
HOLIDAYS = (date(2024, 5, 9),)
HOLES = mockup.Options(
    **mockup.PLAIN, seed=19, users=140, antennas=5, machines=1, events_per_day=0.25,
    start=date(2024, 5, 6), days=7, holidays=HOLIDAYS,
)  # fmt: skip
K, MAX_SHARE = 15, 0.5

Wanted = Callable[[Quantity], bool]


def by_views(name: str) -> Callable[[Release, Wanted], list[Claim]]:
    """An attack on sums with some views of the release."""
    return lambda release, wanted: sums.attack(release, name, wanted)


# Attacks, in the order of the holes that they are for.
ATTACKS: dict[str, Callable[[Release, Wanted], list[Claim]]] = {
    "1 pairs": lambda release, _: pairs.attack(release),
    "2 national": by_views("2 national"),
    "3 parts of indicators": by_views("3 parts of indicators"),
    "4 contributors": lambda release, _: indicators.contributors(release),
    "5 directions": by_views("5 directions"),
    "6 holidays": by_views("6 holidays"),
    "7 hours": by_views("7 hours"),
    "8 pairs that exist": lambda release, _: metadata.partners({"all": release}),
    "9 complements": lambda release, _: indicators.complements(release),
    "13 accepted rows": lambda release, _: metadata.rows({"all": release}),
}
# Thousands of programs in whole numbers
LONG = ("3 parts of indicators", "5 directions", "6 holidays", "7 hours")
# The small mock-up is too sparse for these: antennas lack the values that they subtract.
NEED_MORE_EVENTS = ("8 pairs that exist", "13 accepted rows")
# What is found by simpler attacks does not count for these.
SIMPLER = dict.fromkeys(("6 holidays", "7 hours"), ("2 national", "3 parts of indicators"))


@dataclasses.dataclass
class Attacked:
    """A release, what is true, and what attacks have determined so far."""

    release: Release
    truths: Truths
    found: dict[str, pd.DataFrame] = dataclasses.field(default_factory=dict)

    def attack(self, name: str) -> pd.DataFrame:
        """The scores of what an attack determines, or claims wrongly."""
        if name not in self.found:
            scores = score(ATTACKS[name](self.release, self._wanted), self._about, K, MAX_SHARE)
            is_of_interest = is_determined(scores) | scores["wrong"].astype(bool)
            self.found[name] = scores[is_of_interest]
        return self.found[name]

    def _about(self, quantity: Quantity) -> Fact:
        if isinstance(quantity, Partners | Outsiders):
            return self.truths.about_all({"all": self.release})(quantity)
        return self.truths.periods["all"].about(quantity)

    def _wanted(self, quantity: Quantity) -> bool:
        return self._about(quantity).is_protected(K, MAX_SHARE)


@pytest.fixture(scope="module")
def make_run(
    make_project: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., pipeline.Run]:
    """Makes files of runs over mock-ups, with the restricted tables."""

    def make(options: mockup.Options, **settings: object) -> pipeline.Run:
        folder = tmp_path_factory.mktemp("disclosure")
        mockup.generate(options, folder / "raw")
        capital = mockups.capital(folder / "raw")
        project = make_project(
            "disclosure", raw_data_path=str(folder / "raw"), capital=capital, **settings
        )
        project.build("--resource-type", "model", "--resource-type", "seed")
        queries = {**pipeline.QUERIES, **former_gate.QUERIES}
        pipeline.dump(folder / "truth", f"{project.schema}_restricted", queries)
        return pipeline.Run(project.export(), folder / "truth")

    return make


@pytest.fixture(scope="module")
def run(make_run: Callable[..., pipeline.Run]) -> pipeline.Run:
    """A run over the small mock-up with today's gate."""
    return make_run(HOLES, holidays=[str(day) for day in HOLIDAYS])


@pytest.fixture(scope="module")
def today(run: pipeline.Run) -> Attacked:
    """The release of today's gate."""
    return attacked(run.release, run.truth)


@pytest.fixture(scope="module")
def former(run: pipeline.Run, tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    """The release of the former gate."""
    folder = tmp_path_factory.mktemp("former") / "release"
    return attacked(former_gate.former_release(run.release, run.truth, folder), run.truth)


def attacked(release: Path, truth: Path) -> Attacked:
    """A release that has no periods."""
    found = read_release(release)["all"]
    return Attacked(found, read_truths(truth, found.parameters))


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in LONG else n for n in ATTACKS]
)
def test_attack(today: Attacked, former: Attacked, name: str) -> None:
    """Today it determines nothing, and of the former release what it is for."""
    found = today.attack(name)
    assert found.empty, found.head().to_string()
    if name in NEED_MORE_EVENTS:
        return
    hole = former.attack(name)
    assert not hole["wrong"].any(), hole[hole["wrong"]].head().to_string()
    simpler = {q for other in SIMPLER.get(name, ()) for q in former.attack(other)["quantity"]}
    assert set(hole["quantity"]) - simpler


@pytest.mark.slow
def test_everything_together(run: pipeline.Run) -> None:
    """All views in one system, all other attacks, and an insider determine nothing either."""
    scores = audit(run.release, run.truth, insider=True)
    assert failures(scores).empty, failures(scores).head().to_string()
    counted = summary(scores)
    assert counted.loc["10 everything", "protected"] > 1000
    assert counted.loc["10 insider", "determined"] == 0, counted.to_string()


@pytest.fixture(scope="module")
def run_by(make_run: Callable[..., pipeline.Run]) -> Callable[[str], pipeline.Run]:
    """Runs over the small mock-up of the audit, by period, each made once."""
    return functools.cache(lambda period: make_run(mockups.MOCKUPS["small"], period=period))


@pytest.mark.slow
@pytest.mark.parametrize("period", ["all", "week", "month"])
def test_small_mockup_of_the_audit(run_by: Callable[[str], pipeline.Run], period: str) -> None:
    """Nothing follows from its releases. The larger ones take hours: `make audit` attacks them."""
    run = run_by(period)
    scores = audit(run.release, run.truth)
    assert failures(scores).empty, summary(scores).to_string()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["1 pairs", *NEED_MORE_EVENTS])
def test_attack_with_more_events(
    run_by: Callable[[str], pipeline.Run], tmp_path: Path, name: str
) -> None:
    """What the small mock-up of the audit tells about the former gate, and not about today's."""
    run = run_by("all")
    former = former_gate.former_release(run.release, run.truth, tmp_path / "former")
    assert attacked(run.release, run.truth).attack(name).empty
    hole = attacked(former, run.truth).attack(name)
    assert len(hole) > 1
    assert not hole["wrong"].any()
