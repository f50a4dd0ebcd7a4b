"""Sums of events of an antenna: all released values about them as one system of equations.

The unknowns are the atoms: a measure of national or international events in a part of the week, by
day or by night; in an hour of the day; in a week; and the numbers of people of bandicoot's means.
Every released value is an equation or, rounded, two inequalities; what the gate says about a value
that it withholds is one too. Linear programming (HiGHS) gives the least and the greatest that a sum
can be. An attack is the same system with some of the views only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from scripts.proofs.disclosure.indicators import People, people
from scripts.proofs.disclosure.linear import solver
from scripts.proofs.disclosure.quantities import (
    BANDICOOT_WEEK,
    SECOND,
    SLOTS,
    WEEK_PARTS,
    Claim,
    Quantity,
    Sum,
    Without,
)
from scripts.proofs.disclosure.release import COUNTED, MEASURES, Interval, Release, listed

# Attacks, and the views of a release that each of them combines.
ATTACKS = {
    "2 national": ("profiles", "indicators"),
    "3 parts of indicators": ("indicators",),
    "5 directions": ("profiles", "sms2calls"),
    "6 holidays": ("profiles", "week", "indicators"),
    "7 hours": ("profiles", "indicators", "windows"),
    "10 everything": ("profiles", "indicators", "sms2calls", "week", "windows", "ratios", "scales"),
}
TYPES = {"calls": "call", "sms": "text"}
SPLIT = {"day": False, "night": True}


def is_night(slot: int, parameters: dict) -> bool:
    """Whether bandicoot counts a slot of the day as night."""
    return slot == SECOND or slot >= parameters["noct_begin"] or slot < parameters["noct_end"]


def slots_of(first: int, last: int, parameters: dict) -> tuple[int, ...]:
    """The slots of the hours from first to last."""
    hours = tuple(range(first, last + 1))
    return (*hours, SECOND) if parameters["noct_end"] in hours else hours


def windows(parameters: dict) -> dict[str, tuple[int, ...]]:
    """The windows of the day that features are made of."""
    ends = {"work": "work", "early": "ep", "late": "lp"}
    return {
        name: slots_of(parameters[f"{p}_begin"], parameters[f"{p}_end"], parameters)
        for name, p in ends.items()
    }


@dataclass
class System:
    """Linear inequalities over named unknowns, all of which are at least 0."""

    names: dict[object, int] = field(default_factory=dict)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    rows: list[dict[int, float]] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    def unknown(self, name: object, least: float = 0.0, most: float = np.inf) -> int:
        """The position of an unknown, which is made where it is new."""
        if name not in self.names:
            self.names[name] = len(self.names)
            self.least.append(least)
            self.most.append(most)
        return self.names[name]

    def at_most(self, terms: dict[int, float], limit: float) -> None:
        """The sum of the terms is at most the limit."""
        self.rows.append(terms)
        self.limits.append(limit)

    def within(self, terms: dict[int, float], bounds: Interval) -> None:
        """The sum of the terms lies in an interval."""
        if np.isfinite(bounds.high):
            self.at_most(terms, bounds.high)
        self.at_most({i: -c for i, c in terms.items()}, -bounds.low)

    def times(self, terms: dict[int, float], bounds: Interval, under: dict[int, float]) -> None:
        """The sum of the terms is some number in an interval times another sum."""
        for sign, limit in ((1, bounds.high), (-1, bounds.low)):
            row = {i: sign * c for i, c in terms.items()}
            for i, c in under.items():
                row[i] = row.get(i, 0.0) - sign * limit * c
            self.at_most(row, 0.0)

    def solver(self) -> Callable[[dict[int, float]], Interval | None]:
        """A function that gives the least and the greatest value of a sum of unknowns."""
        entries = [(r, i, c) for r, row in enumerate(self.rows) for i, c in row.items()]
        return solver(entries, self.limits, np.column_stack([self.least, self.most]))


@dataclass(frozen=True)
class Antenna:
    """What is released about an antenna, for its system."""

    release: Release
    name: str
    people: dict[tuple[str, str, str], People]

    def profile(self, table: pd.DataFrame) -> Iterator[tuple[object, str, Interval]]:
        """Hour or week, measure and bounds of each value of a profile."""
        k = self.release.k
        for (_, time), row in table.loc[[self.name]].iterrows():
            rules = listed(row["withheld_values"])
            for measure in MEASURES:
                value = row[measure]
                if not pd.isna(value):
                    yield time, measure, Interval(value, value)
                    continue
                # each of the people has at least one event; a call may have no second
                one = 0 if measure.endswith("vol") else 1
                least = {"k": one, "dominance": one * (k + 1), "rest": one * (k + 1)}
                rule = rules.get(measure)
                yield time, measure, Interval(least[rule], np.inf) if rule else Interval(0, 0)


class Sums:
    """The system of one antenna, with some views of the release."""

    def __init__(self, antenna: Antenna, views: tuple[str, ...], totals: dict) -> None:
        self.antenna, self.release = antenna, antenna.release
        self.parameters = self.release.parameters
        self.system = System()
        self.totals = totals
        self._atoms()
        for view in views:
            getattr(self, f"_{view}")()
        self.ends = self.system.solver()

    # --- unknowns ---------------------------------------------------------------------------------

    def _cell(self, measure: str, is_national: bool, part: str, by_night: bool) -> int:
        return self.system.unknown(("cell", measure, is_national, part, by_night))

    def cells(
        self,
        measures: tuple[str, ...],
        is_national: bool | None = None,
        parts: tuple[str, ...] | None = None,
        by_night: bool | None = None,
    ) -> dict[int, float]:
        """A sum over cells; None means all."""
        return {
            self._cell(m, n, p, d): 1.0
            for m, n, p, d in product(
                measures,
                (True, False) if is_national is None else (is_national,),
                parts or WEEK_PARTS,
                (True, False) if by_night is None else (by_night,),
            )
        }

    def slots(self, measure: str, slots: tuple[int, ...]) -> dict[int, float]:
        """A sum over hours of the day."""
        return {self.system.unknown(("slot", measure, slot)): 1.0 for slot in slots}

    def _atoms(self) -> None:
        """The hours of the day and the weeks add up to the cells."""
        weeks = self.release.weekly.loc[[self.antenna.name]].index.get_level_values("week")
        for measure in MEASURES:
            for by_night in (True, False):
                terms = self.cells((measure,), by_night=by_night)
                own = tuple(s for s in SLOTS if is_night(s, self.parameters) == by_night)
                self._equal(terms, self.slots(measure, own))
            terms = self.cells((measure,))
            self._equal(terms, {self.system.unknown(("week", measure, w)): 1.0 for w in weeks})

    def _equal(self, terms: dict[int, float], others: dict[int, float]) -> None:
        self.system.within({**terms, **{i: -c for i, c in others.items()}}, Interval(0, 0))

    # --- views ------------------------------------------------------------------------------------

    def _profiles(self) -> None:
        for hour, measure, bounds in self.antenna.profile(self.release.hourly):
            terms = self.slots(measure, slots_of(hour, hour, self.parameters))
            self.system.within(terms, bounds)
        for week, measure, bounds in self.antenna.profile(self.release.weekly):
            self.system.within({self.system.unknown(("week", measure, week)): 1.0}, bounds)

    def _feature(self, feature: str, over: dict[int, float], under: dict[int, float]) -> None:
        bounds = self.release.bounds(self.antenna.name, feature)
        if bounds is not None:
            self.system.times(over, bounds, under)

    def _sms2calls(self) -> None:
        self._feature(
            "sms2calls_ratio",
            self.cells(("og_sms", "ic_sms")),
            self.cells(("og_calls", "ic_calls")),
        )

    def _ratios(self) -> None:
        for kind in ("calls", "sms", "vol"):
            over, under = self.cells((f"og_{kind}",)), self.cells((f"ic_{kind}",))
            self._feature(f"{kind}_ratio", over, under)

    def _week(self) -> None:
        for m in MEASURES:
            nonworkday = self.cells((m,), parts=("holiday", "weekend"))
            self._feature(f"{m}_week_ratio", nonworkday, self.cells((m,)))

    def _windows(self) -> None:
        found = windows(self.parameters)
        for m in MEASURES:
            work, early, late = (self.slots(m, found[name]) for name in ("work", "early", "late"))
            self._feature(f"{m}_work_ratio", work, self.cells((m,)))
            self._feature(f"{m}_peak_ratio", early, late)

    def _scales(self) -> None:
        """Totals that follow from other antennas' (see `known_totals`)."""
        for m in MEASURES:
            if (self.antenna.name, m) in self.totals:
                self.system.within(self.cells((m,)), self.totals[self.antenna.name, m])

    def _people(self, group: tuple[str, str, str]) -> int:
        known = self.antenna.people[group]
        return self.system.unknown(("people", group), known.least, known.most)

    def _indicators(self) -> None:
        """Bandicoot's means times the people they are taken over."""
        if "active_days__allweek__allday__callandtext" not in self.release.features:
            return
        name, system = self.antenna.name, self.system
        for week, day in product(BANDICOOT_WEEK, ("allday", "day", "night")):
            chosen = {"parts": BANDICOOT_WEEK[week], "by_night": SPLIT.get(day)}
            for kind, event in TYPES.items():
                both = (f"og_{kind}", f"ic_{kind}")
                for indicator, measures in (
                    ("interactions", both),
                    ("interaction_out", both[:1]),
                    ("interaction_in", both[1:]),
                ):
                    column = f"number_of_{indicator}__{week}__{day}__{event}"
                    bounds = self.release.bounds(name, column)
                    if bounds is not None:
                        group = {self._people((week, day, event)): 1.0}
                        system.times(self.cells(measures, True, **chosen), bounds, group)
                # each of them has an event
                row = dict.fromkeys(self.cells(both, True, **chosen), -1.0)
                system.at_most({**row, self._people((week, day, event)): 1.0}, 0.0)
            bounds = self.release.bounds(name, f"active_days__{week}__{day}__callandtext")
            days = {system.unknown(("days", week, day)): 1.0}
            if bounds is not None:
                system.times(days, bounds, {self._people((week, day, "callandtext")): 1.0})
        bounds = self.release.bounds(name, "reporting__number_of_records")
        if bounds is not None:
            everybody = {self._people(("allweek", "allday", "callandtext")): 1.0}
            system.times(self.cells(COUNTED, True), bounds, everybody)
        for day in ("allday", "day", "night"):
            parts = {system.unknown(("days", part, day)): 1.0 for part in ("weekday", "weekend")}
            self._equal({system.unknown(("days", "allweek", day)): 1.0}, parts)
        self._order_people()

    def _order_people(self) -> None:
        """A part has no more people than the whole, and two parts no fewer together."""
        for event in (*TYPES.values(), "callandtext"):
            for fixed in ("allday", "day", "night"):
                whole = self._people(("allweek", fixed, event))
                parts = [self._people((w, fixed, event)) for w in ("weekday", "weekend")]
                self._cover(whole, parts)
            for fixed in BANDICOOT_WEEK:
                whole = self._people((fixed, "allday", event))
                self._cover(whole, [self._people((fixed, d, event)) for d in SPLIT])
        for week, day in product(BANDICOOT_WEEK, ("allday", "day", "night")):
            whole = self._people((week, day, "callandtext"))
            self._cover(whole, [self._people((week, day, e)) for e in TYPES.values()])

    def _cover(self, whole: int, parts: list[int]) -> None:
        for part in parts:
            self.system.at_most({part: 1.0, whole: -1.0}, 0.0)
        self.system.at_most({whole: 1.0, **dict.fromkeys(parts, -1.0)}, 0.0)

    # --- what is asked ----------------------------------------------------------------------------

    def targets(self) -> Iterator[tuple[Sum, dict[int, float]]]:
        """Sums that somebody would like to know, each with its unknowns."""
        name = self.antenna.name
        groups = [(m,) for m in MEASURES] + [("og_calls", "ic_calls"), ("og_sms", "ic_sms")]
        nights = {True: tuple(s for s in SLOTS if is_night(s, self.parameters))}
        nights[False] = tuple(s for s in SLOTS if s not in nights[True])
        parts = (None, ("workday",), ("holiday",), ("weekend",), ("workday", "holiday"))
        for measures in groups:
            is_counted = measures[0] in COUNTED
            for n, part, d in product((None, True, False), parts, (None, True, False)):
                if n is not None and not is_counted:
                    continue
                slots = None if d is None else nights[d]
                yield Sum(name, measures, n, part, slots), self.cells(measures, n, part, d)
            if is_counted:
                nonworkday = ("holiday", "weekend")
                yield Sum(name, measures, None, nonworkday), self.cells(measures, None, nonworkday)
        for measure in MEASURES:
            found = windows(self.parameters)
            chosen = {h: slots_of(h, h, self.parameters) for h in range(24)} | found
            chosen["off work"] = tuple(s for s in SLOTS if s not in found["work"])
            for slots in chosen.values():
                yield Sum(name, (measure,), slots=slots), self.slots(measure, slots)
            for kind, m, week in [n for n in self.system.names if n[0] == "week"]:
                if m == measure:
                    terms = {self.system.names[kind, m, week]: 1.0}
                    yield Sum(name, (measure,), week=week), terms

    def people(self) -> list[tuple[tuple, int]]:
        """The numbers of people of bandicoot's means, with their unknowns."""
        return [(name, i) for name, i in self.system.names.items() if name[0] == "people"]


def known_totals(release: Release) -> dict[tuple[str, str], Interval]:
    """Totals by antenna and measure that the scales tell, by those that the profiles tell.

    Two antennas whose totals are known fix a scale.
    """
    found = {}
    for measure in MEASURES:
        column = f"scaled_{measure}"
        if column not in release.features:
            continue
        sums = release.weekly[measure].groupby("antenna_id").agg(["sum", "count", "size"])
        sums = sums.loc[sums["count"] == sums["size"], "sum"]
        scaled = release.features[column].dropna()
        known = pd.concat([scaled, sums], axis=1, join="inner")
        if len(known) < 2:
            continue
        low, high = known[column].idxmin(), known[column].idxmax()
        first, last = known["sum"][low], known["sum"][high]
        x0, x1 = release.read(column, known[column][low]), release.read(column, known[column][high])
        if x1.low - x0.high <= 0:
            continue
        for antenna, value in scaled.items():
            if antenna in known.index:
                continue
            x = release.read(column, value)
            # value = first + (last - first) (x - x0) / (x1 - x0), at the ends of all intervals
            ends = [
                first + (last - first) * (a - b) / (c - b)
                for a, b, c in product((x.low, x.high), (x0.low, x0.high), (x1.low, x1.high))
            ]
            found[antenna, measure] = Interval(min(ends) - 1e-6, max(ends) + 1e-6)
    return found


def attack(
    release: Release,
    name: str,
    wanted: Callable[[Quantity], bool] = lambda _: True,
    told: Callable[[str], dict[tuple[str, str, str], People]] | None = None,
) -> list[Claim]:
    """The claims of one attack; `wanted` saves the time for what nobody asks for.

    `told` gives the people of an antenna's means, where somebody tells them to the attacker.
    """
    claims = []
    totals = known_totals(release)
    for antenna in release.antennas:
        found = people(release, antenna)
        if told is not None:
            found |= told(antenna)
        known = Antenna(release, antenna, found)
        sums = Sums(known, ATTACKS[name], totals)
        for quantity, terms in sums.targets():
            if wanted(quantity):
                ends = sums.ends(terms)
                if ends is not None:
                    claims.append(Claim(name, quantity, ends.low, ends.high))
        residents = int(release.features.at[antenna, "active_users"])
        for (_, group), place in sums.people():
            if wanted(Without(antenna, group)):
                ends = sums.ends({place: 1.0})
                if ends is not None:
                    number = Without(antenna, group)
                    claims.append(Claim(name, number, residents - ends.high, residents - ends.low))
    return claims
