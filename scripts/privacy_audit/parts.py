"""The parts of the audit: each makes its data, runs the pipeline, attacks, and gives tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from dbt_gnuper.variables import defaults
from scripts import mockup
from scripts.privacy_audit import mockups, pipeline
from scripts.privacy_audit.disclosure.audit import audit, audit_neighbours, failures
from scripts.privacy_audit.disclosure.scores import summary
from scripts.privacy_audit.disclosure.units import left_over
from scripts.privacy_audit.gate.attacks import (
    membership,
    reading_off,
    smallest_antenna,
    subtraction,
)
from scripts.privacy_audit.gate.release import check
from scripts.privacy_audit.gate.tables import Tables

ALL_DIGITS = 17  # of a double
DIGITS = (2, 3, 4, ALL_DIGITS)


@dataclass(frozen=True)
class Choice:
    """What of the audit is asked for."""

    mockups: list[str]
    periods: list[str]
    each: bool = False
    insider: bool = False
    people: int = 300


@dataclass(frozen=True)
class Found:
    """A table of results, and how much in it should not have been found."""

    title: str
    table: pd.DataFrame
    failures: int = 0


@contextmanager
def _raw(options: mockup.Options) -> Iterator[tuple[Path, Path]]:
    """A mock-up in a folder of its own, within a folder for all that is made of it."""
    with TemporaryDirectory() as temporary, pipeline.project(folder := Path(temporary)):
        mockup.generate(options, folder / "raw")
        yield folder / "raw", folder


def disclosure(choice: Choice) -> Iterator[Found]:
    """What follows from releases of each mock-up by each period."""
    for name in choice.mockups:
        with _raw(mockups.MOCKUPS[name]) as (raw, folder):
            for period in choice.periods:
                pipeline.build(raw, folder, period=period, capital=mockups.capital(raw))
                run = pipeline.release(folder, period)
                scores = audit(run.release, run.truth, each=choice.each, insider=choice.insider)
                title = f"Disclosure, mock-up {name}, period {period}"
                yield Found(title, summary(scores), len(failures(scores)))


def digits(choice: Choice) -> Iterator[Found]:
    """What follows from releases with other values of release_digits."""
    for name in choice.mockups:
        rows = {}
        with _raw(mockups.MOCKUPS[name]) as (raw, folder):
            for number in DIGITS:
                pipeline.build(raw, folder, release_digits=number)
                run = pipeline.release(folder, f"digits-{number}")
                scores = audit(run.release, run.truth, insider=True)
                rows[number] = summary(scores)["determined"]
        yield Found(f"Determined by release_digits, mock-up {name}", pd.DataFrame(rows))


def neighbours(choice: Choice) -> Iterator[Found]:
    """What two releases of almost the same data tell, of each mock-up."""
    changes: dict[str, Callable[[Path], None]] = {
        "one person less": mockups.remove_a_person,
        "one day less": lambda raw: mockups.remove_last_days(raw, len(mockups.days(raw)) - 1),
    }
    for name in choice.mockups:
        rows = {}
        for change, apply in changes.items():
            with _raw(mockups.MOCKUPS[name]) as (raw, folder):
                pipeline.build(raw, folder)
                run = pipeline.release(folder, "all")
                apply(raw)
                pipeline.build(raw, folder)
                other = pipeline.release(folder, "less")
                scores, shown, differ = audit_neighbours(
                    run.release, run.truth, other.release, other.truth
                )
                rows[change] = {
                    "features that both show": shown,
                    "features that differ": differ,
                    "counts that differ and are of few people": len(scores),
                    "counts that are one person's": int((scores["users"] == 1).sum()),
                }
        yield Found(f"Two releases, mock-up {name}", pd.DataFrame(rows))


def units(choice: Choice) -> Iterator[Found]:
    """What a release by antenna and one by zone of the same days tell, of each mock-up. They should not
    both exist: the second one stops unless overlapping_release is set."""
    rows = {}
    for name in choice.mockups:
        with _raw(mockups.MOCKUPS[name]) as (raw, folder):
            pipeline.build(raw, folder)
            run = pipeline.release(folder, "antennas")
            pipeline.build(raw, folder, zones="zones.geojson")
            other = pipeline.release(folder, "zones")
            privacy_k = defaults()["privacy_k"]
            rows[name] = left_over(run.release, other.release, run.truth, privacy_k)
    yield Found("A release by antenna beside one by zone", pd.DataFrame(rows))


def gate(choice: Choice) -> Iterator[Found]:
    """What the gate buys: all attacks of `gate`, a table each."""
    four, fewer, five = _three_runs()
    check(four)

    def by_gate(attack: Callable[[bool], dict[str, int]]) -> pd.DataFrame:
        return pd.DataFrame({"gate off": attack(False), "gate on": attack(True)})

    yield Found("Reading off one release", by_gate(lambda is_on: reading_off(four, is_on)))
    yield Found("Through scaled_* to the smallest antenna, gate on", smallest_antenna(four))
    yield Found("Membership", membership(four, choice.people))
    one_person = by_gate(lambda is_on: subtraction(fewer, four, is_on))
    yield Found("Subtraction, one person more", one_person)
    yield Found("Subtraction, one week more", by_gate(lambda is_on: subtraction(four, five, is_on)))


def _three_runs() -> tuple[Tables, Tables, Tables]:
    """Four weeks, the same without a person, five weeks."""
    with _raw(mockups.GATE) as (raw, folder):
        pipeline.build(raw, folder)
        five = pipeline.tables()
        mockups.remove_last_days(raw, mockups.GATE_DAYS)
        pipeline.build(raw, folder)
        four = pipeline.tables()
        mockups.remove_a_person(raw)
        pipeline.build(raw, folder)
        fewer = pipeline.tables()
    return four, fewer, five


PARTS: dict[str, Callable[[Choice], Iterator[Found]]] = {
    "disclosure": disclosure,
    "digits": digits,
    "neighbours": neighbours,
    "units": units,
    "gate": gate,
}
