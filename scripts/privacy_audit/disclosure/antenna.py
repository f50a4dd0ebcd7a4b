"""What is released about the events of one antenna, as one system of equations.

The unknowns are the atoms: a measure of national or international events in a part of the week, by
day or by night; in an hour of the day; in a week; and the numbers of people of bandicoot's means.
Every released value is an equation or, rounded, two inequalities; what the gate says about a value
that it withholds is one too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from scripts.privacy_audit.disclosure.daytime import halves, slots_of, windows
from scripts.privacy_audit.disclosure.indicators import People
from scripts.privacy_audit.disclosure.linear import System, Terms
from scripts.privacy_audit.disclosure.quantities import (
    BANDICOOT_DAY,
    BANDICOOT_WEEK,
    WEEK_PARTS,
    Group,
    Sum,
)
from scripts.privacy_audit.disclosure.release import COUNTED, KINDS, MEASURES, Release, listed
from scripts.privacy_audit.disclosure.rounding import Interval

TYPES = {"calls": "call", "sms": "text"}
IS_NIGHT = {"allday": None, "day": False, "night": True}


@dataclass(frozen=True)
class Antenna:
    """An antenna, and what an attacker has found about it by other means."""

    release: Release
    name: str
    people: dict[Group, People]
    totals: dict[tuple[str, str], Interval]  # by antenna and measure

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


class Equations:
    """The system of one antenna, with some views of the release."""

    def __init__(self, antenna: Antenna, views: tuple[str, ...]) -> None:
        self.antenna, self.release = antenna, antenna.release
        self.parameters = self.release.parameters
        self.system = System()
        self.weeks = list(self.release.weekly.loc[antenna.name].index)
        self._atoms()
        for view in views:
            getattr(self, f"_{view}")()
        self.ends = self.system.ends()

    # --- unknowns ---------------------------------------------------------------------------------

    def cells(
        self,
        measures: tuple[str, ...],
        is_national: bool | None = None,
        parts: tuple[str, ...] | None = None,
        by_night: bool | None = None,
    ) -> Terms:
        """A sum over measures, origins, parts of the week and halves of the day; None means all."""
        return {
            self.system.unknown(("cell", *cell)): 1.0
            for cell in product(
                measures,
                (True, False) if is_national is None else (is_national,),
                parts or WEEK_PARTS,
                (True, False) if by_night is None else (by_night,),
            )
        }

    def slots(self, measure: str, slots: tuple[int, ...]) -> Terms:
        """A sum over hours of the day."""
        return {self.system.unknown(("slot", measure, slot)): 1.0 for slot in slots}

    def week(self, measure: str, week: object) -> Terms:
        """The value of a week."""
        return {self.system.unknown(("week", measure, week)): 1.0}

    def terms(self, quantity: Sum) -> Terms:
        """The unknowns that a sum consists of."""
        if quantity.weeks is not None:
            weeks = [self.week(m, w) for m, w in product(quantity.measures, quantity.weeks)]
            return {i: 1.0 for week in weeks for i in week}
        for by_night, half in ((None, None), *halves(self.parameters).items()):
            if quantity.slots == half:
                chosen = (quantity.measures, quantity.is_national, quantity.week_parts)
                return self.cells(*chosen, by_night)
        slots = [self.slots(m, quantity.slots or ()) for m in quantity.measures]
        return {i: 1.0 for measure in slots for i in measure}

    def people(self, group: Group) -> int:
        """The number of people of one of bandicoot's means."""
        known = self.antenna.people[group]
        return self.system.unknown(("people", group), known.least, known.most)

    def _atoms(self) -> None:
        """The hours of the day and the weeks add up to the cells."""
        for measure in MEASURES:
            for by_night, own in halves(self.parameters).items():
                cells = self.cells((measure,), by_night=by_night)
                self.system.equal(cells, self.slots(measure, own))
            weeks = {i: c for week in self.weeks for i, c in self.week(measure, week).items()}
            self.system.equal(self.cells((measure,)), weeks)

    # --- views ------------------------------------------------------------------------------------

    def _profiles(self) -> None:
        for hour, measure, bounds in self.antenna.profile(self.release.hourly):
            terms = self.slots(measure, slots_of(int(str(hour)), int(str(hour)), self.parameters))
            self.system.within(terms, bounds)
        for week, measure, bounds in self.antenna.profile(self.release.weekly):
            self.system.within(self.week(measure, week), bounds)

    def _feature(self, feature: str, over: Terms, under: Terms) -> None:
        bounds = self.release.bounds(self.antenna.name, feature)
        if bounds is not None:
            self.system.times(over, bounds, under)

    def _sms2calls(self) -> None:
        over, under = self.cells(("og_sms", "ic_sms")), self.cells(("og_calls", "ic_calls"))
        self._feature("sms2calls_ratio", over, under)

    def _ratios(self) -> None:
        for kind in KINDS:
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
        """Totals that follow from other antennas' (see `scales.totals`)."""
        for m in MEASURES:
            if (self.antenna.name, m) in self.antenna.totals:
                self.system.within(self.cells((m,)), self.antenna.totals[self.antenna.name, m])

    # --- bandicoot's means times the people they are taken over -----------------------------------

    def _indicators(self) -> None:
        if not self.release.has_indicators:
            return
        for week, day in product(BANDICOOT_WEEK, BANDICOOT_DAY):
            for kind, event in TYPES.items():
                self._interactions((week, day, event), kind)
            self._mean(
                f"active_days__{week}__{day}__callandtext",
                {self.system.unknown(("days", week, day)): 1.0},
                (week, day, "callandtext"),
            )
        everybody = ("allweek", "allday", "callandtext")
        self._mean("reporting__number_of_records", self.cells(COUNTED, True), everybody)
        for day in BANDICOOT_DAY:
            parts = {
                self.system.unknown(("days", part, day)): 1.0 for part in ("weekday", "weekend")
            }
            self.system.equal({self.system.unknown(("days", "allweek", day)): 1.0}, parts)
        self._order_people()

    def _mean(self, indicator: str, terms: Terms, group: Group) -> None:
        bounds = self.release.bounds(self.antenna.name, indicator)
        if bounds is not None:
            self.system.times(terms, bounds, {self.people(group): 1.0})

    def _interactions(self, group: Group, kind: str) -> None:
        """The numbers of interactions of a kind, in both directions and in each."""
        week, day, event = group
        both = (f"og_{kind}", f"ic_{kind}")
        chosen = (True, BANDICOOT_WEEK[week], IS_NIGHT[day])
        for indicator, measures in (
            ("interactions", both),
            ("interaction_out", both[:1]),
            ("interaction_in", both[1:]),
        ):
            column = f"number_of_{indicator}__{week}__{day}__{event}"
            self._mean(column, self.cells(measures, *chosen), group)
        # each of the people has an event
        row = dict.fromkeys(self.cells(both, *chosen), -1.0)
        self.system.at_most({**row, self.people(group): 1.0}, 0.0)

    def _order_people(self) -> None:
        """A part has no more people than the whole, and two parts no fewer together."""
        for event in (*TYPES.values(), "callandtext"):
            for day in BANDICOOT_DAY:
                parts = [self.people((w, day, event)) for w in ("weekday", "weekend")]
                self._cover(self.people(("allweek", day, event)), parts)
            for week in BANDICOOT_WEEK:
                parts = [self.people((week, d, event)) for d in ("day", "night")]
                self._cover(self.people((week, "allday", event)), parts)
        for week, day in product(BANDICOOT_WEEK, BANDICOOT_DAY):
            parts = [self.people((week, day, event)) for event in TYPES.values()]
            self._cover(self.people((week, day, "callandtext")), parts)

    def _cover(self, whole: int, parts: list[int]) -> None:
        for part in parts:
            self.system.at_most({part: 1.0, whole: -1.0}, 0.0)
        self.system.at_most({whole: 1.0, **dict.fromkeys(parts, -1.0)}, 0.0)
