"""Which values may be released: a second opinion on the privacy gate, in plain Python.

    verdict = decide(compute(raw_glob, locations, params), privacy_k=15, bandicoot=True)
    verdict.features       # antenna_id, feature, value, users, max_share, decision
    verdict.rests          # antenna_id, rest, is_safe
    verdict.pairs          # antenna_id1, antenna_id2, feature, value, users, max_share, decision
    verdict.hours, .weeks  # antenna_id, hour or week, measure, value, users, largest, decision
    verdict.final_features()   # and the other tables, as they may be published

There are three steps.

1. Each value by itself. It is made of one or more sums, its parts, see `PARTS`. It may be released
   if each part rests on more than privacy_k people, of whom none has more than privacy_max_share.
2. What subtraction leaves, see `RESTS`. Released values have more in common than what each of them
   says. A value is withheld as a rest if it leaves a sum of few people, or of one person.
3. Profiles. An hour or a week that is withheld is what the others leave of a known sum, so another
   one, the companion, is withheld with it.

Then values are rounded.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd
from oracle_people import INDICATORS, PAIR_COUNTS, Amounts, Contributions, People

from bench.oracle import DIRECTIONS, FINAL_COLUMNS, KINDS, MEASURES, Oracle
from python_udfs.bandicoot_columns import RECORDS

NO_DATA = "no_data"
NOT_EXISTING = "not_existing"
WITHHELD_K = "withheld_k"
WITHHELD_DOMINANCE = "withheld_dominance"
WITHHELD_REST = "withheld_rest"
RELEASED = "released"
OUTCOMES = (*(RELEASED, WITHHELD_K, WITHHELD_DOMINANCE, WITHHELD_REST, NOT_EXISTING, NO_DATA),)

#: Kinds of events of which bandicoot counts numbers too: its word, and the count of pairs.
COUNTED = {"calls": "call", "sms": "text"}
COUNT_OF = {"calls": "call_count", "sms": "sms_count"}
#: Features that say nothing about users.
ABOUT_NOBODY = ("dist2c",)
OF_PAIRS = tuple(
    f"{kind}_{name}"
    for kind in COUNTED
    for name in (
        *("dist_mean", "isolation", "entropy", "partner_entropy"),
        *("own_entropy", "partners", "capital_share"),
    )
)
#: Made of released counts of pairs. What else may be said of a small antenna is not asked.
OF_RELEASED_PAIRS = tuple(f"{kind}_pagerank" for kind in COUNTED)
DAMPING = 0.85

#: Indicators that are whole numbers for each person, and those that summarise whole numbers.
COUNTS = (
    *("active_days", "number_of_contacts", "number_of_antennas", "frequent_antennas"),
    *("number_of_interactions", "number_of_interaction_in", "number_of_interaction_out"),
)
SUMMARIES = ("call_duration", "response_delay_text", "interactions_per_contact", "interevent_time")
PEAKS = ("early_peak", "late_peak")
PARTS_OF_WEEK, PARTS_OF_DAY = ("weekday", "weekend"), ("day", "night")
#: The split of an additive indicator into pieces: by week, by day, by both, and not at all.
SPLITS = {
    "week": tuple(product(PARTS_OF_WEEK, ("allday",))),
    "day": tuple(product(("allweek",), PARTS_OF_DAY)),
    "week and day": tuple(product(PARTS_OF_WEEK, PARTS_OF_DAY)),
    "directions": (("allweek", "allday"),),
}
#: With fewer withheld partners than this their numbers could be told apart.
LEAST_WITHHELD_PARTNERS = 5

Block = tuple[bool, ...]


def kind_of(feature: str) -> str:
    """The kind of events that a feature is about."""
    return feature.partition("_")[0]


def parts(feature: str) -> list[str]:
    """The sums that a feature is made of: window of time, and what is summed."""
    if feature in (*ABOUT_NOBODY, *OF_RELEASED_PAIRS, "active_users"):
        return []
    if feature in OF_PAIRS:
        sums = ("capital", "partners") if feature.endswith("_capital_share") else ("partners",)
        return [f"{one}.{kind_of(feature)}" for one in sums]
    if feature == "sms2calls_ratio":
        return ["alltime.sms", "alltime.calls"]
    if feature.startswith("scaled_"):
        return [f"alltime.{feature.removeprefix('scaled_')}"]
    for ending, windows in (
        ("_week_ratio", ("free_days", "alltime")),
        ("_work_ratio", ("work", "alltime")),
        ("_peak_ratio", ("early_peak", "late_peak")),
    ):
        if feature.endswith(ending):
            return [f"{window}.{feature.removesuffix(ending)}" for window in windows]
    kind = kind_of(feature)
    if feature.endswith("_ratio_var"):
        return [f"weeks.{kind}"]
    return [f"alltime.{direction}_{kind}" for direction in DIRECTIONS]


def leaves(feature: str) -> list[str]:
    """What the feature and others leave when they are subtracted."""
    if feature in INDICATORS:
        return _indicator_leaves(feature)
    for ending, rest in (
        ("_week_ratio", "workday"),
        ("_work_ratio", "day_without_work"),
        ("_peak_ratio", "day_without_peaks"),
    ):
        if feature.endswith(ending):
            return [f"{rest}.{feature.removesuffix(ending)}"]
    if feature == "sms2calls_ratio":
        return ["directions"]
    if feature.endswith("_ratio_var"):
        return [f"weeks.{kind_of(feature)}"]
    if feature in OF_PAIRS:
        sums = ("capital", "partners") if feature.endswith("_capital_share") else ("partners",)
        return [f"withheld_{one}.{kind_of(feature)}" for one in sums]
    return []


def _indicator_leaves(indicator: str) -> list[str]:
    if indicator == RECORDS:
        totals = [f"total.{kind}" for kind in COUNTED]
        return [*(f"international.{kind}" for kind in COUNTED), *totals]
    found = [rest for rest, pieces in PIECES.items() if indicator in pieces]
    name, *labels = indicator.split("__")
    if name.startswith("number_of_interaction"):
        week, day, word = labels
        kind = {word: kind for kind, word in COUNTED.items()}[word]
        found.append(f"international.{kind}")
        if week != "allweek":
            found.append(f"holidays.{kind}")
        if day != "allday":
            found.append(f"day_without_night.{kind}")
    return found


def _pieces() -> dict[str, list[str]]:
    """Indicators that add up to another one, by the rest that they leave of it."""
    additive: dict[str, tuple[tuple[str, ...], str]] = {
        "active_days": (("active_days",), "callandtext")
    }
    for kind, word in COUNTED.items():
        additive[f"interactions.{kind}"] = (("number_of_interactions",), word)
        additive[f"interactions_by_direction.{kind}"] = (
            ("number_of_interaction_in", "number_of_interaction_out"),
            word,
        )
    return {
        f"pieces of {what} by {split}": [
            f"{name}__{week}__{day}__{word}" for name in names for week, day in labels
        ]
        for what, (names, word) in additive.items()
        for split, labels in SPLITS.items()
        if split != "directions" or len(names) > 1
    }


PIECES = _pieces()


def is_whole(indicator: str) -> bool:
    """Whether each person's value is a whole number, or as medians are, halfway between two."""
    name, *_, last = indicator.split("__")
    return (
        indicator == RECORDS
        or name in COUNTS
        or (name in SUMMARIES and last in ("min", "median", "max"))
    )


# --- rounding ------------------------------------------------------------------------------------


def rounded(value: float, digits: int, decimals: int | None = None) -> float:
    """A number with so many significant digits, halves away from 0, and at most so many decimals.

    What is rounded is the decimal number that one sees, the shortest one that is this double.
    """
    exact = Decimal(repr(float(value)))
    if not exact:
        return 0.0
    place = exact.adjusted() - digits + 1
    if decimals is not None:
        place = max(place, -decimals)
    # to whole units of the last place, which has the same digits at any place
    units = exact.scaleb(-place).quantize(Decimal(1), ROUND_HALF_UP)
    return float(units.scaleb(place))


@dataclass(frozen=True)
class Rounding:
    """How finely released values are told."""

    privacy_k: int
    digits: int = 3

    def __call__(self, feature: str, value: float) -> float:
        """The value as it is released."""
        if self.privacy_k == 0 or pd.isna(value) or feature in (*ABOUT_NOBODY, "active_users"):
            return value
        if feature in OF_PAIRS:
            return rounded(value, max(1, self.digits - 1))
        if feature in INDICATORS and is_whole(feature):
            return rounded(value, self.digits, self.decimals)
        return rounded(value, self.digits)

    @property
    def decimals(self) -> int:
        """Of means of whole numbers: k + 1 people cannot be counted by them."""
        return len(str(self.privacy_k + 1)) - 1

    def accepted_rows(self, rows: int) -> int:
        """A number of accepted rows: two digits less, in the first power of 10 above k at least."""
        if self.privacy_k == 0:
            return rows
        return int(rounded(rows, max(1, self.digits - 2), -len(str(self.privacy_k))))


# --- decisions -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gate:
    """The two thresholds."""

    k: int
    max_share: float

    def is_safe(self, sums: Contributions) -> bool:
        """Enough people, and none of them too large."""
        return sums.users > self.k and sums.largest <= self.max_share * sums.total

    def is_ok(self, amounts: Iterable[float]) -> bool:
        """Whether what these people contribute may be known, or nobody does."""
        sums = Contributions.of(amounts)
        return sums.users == 0 or self.is_safe(sums)

    def decide(self, value: float | None, sums: Contributions | None, residents: int) -> str:
        """On one value, by the weakest of its parts; None is no part, so nobody."""
        if not residents:
            return NO_DATA
        # that something did not happen would also be told of few people
        if 0 < residents <= self.k:
            return WITHHELD_K
        if pd.isna(value):
            return NOT_EXISTING
        if self.k == 0:
            return RELEASED
        if sums is None or sums.users <= self.k:
            return WITHHELD_K
        return WITHHELD_DOMINANCE if sums.share > self.max_share else RELEASED


def weakest(sums: Sequence[Contributions]) -> Contributions:
    """The fewest users of any, and the largest share of any, out of 1."""
    shares = [one.share for one in sums if one.total]
    return Contributions(min(one.users for one in sums), 1.0, max(shares, default=float("nan")))


class AntennaGate:
    """The decisions about one antenna with residents."""

    def __init__(self, antenna: str, people: People, gate: Gate, pairs: pd.DataFrame) -> None:
        self.antenna = antenna
        self.people = people
        self.gate = gate
        self.pairs = pairs[pairs["antenna_id1"] == antenna]
        self.links = people.links[people.links["antenna_id1"] == antenna]
        self.residents = len(people.residents[antenna])
        params = people.params
        hours = range(24)
        self.windows = {
            "work": {h for h in hours if params.work_begin <= h <= params.work_end},
            "early_peak": {h for h in hours if params.ep_begin <= h <= params.ep_end},
            "late_peak": {h for h in hours if params.lp_begin <= h <= params.lp_end},
            "night": {h for h in hours if h >= params.noct_begin or h < params.noct_end},
        }

    def amounts(self, measure: str) -> Amounts:
        """What each resident did."""
        return self.people.amounts(self.antenna, measure)

    # --- parts ---

    @cached_property
    def parts(self) -> dict[str, Contributions]:
        """Who contributes to the parts that features are made of."""
        found = {}
        for measure in MEASURES:
            amounts = self.amounts(measure)
            found[f"alltime.{measure}"] = Contributions.of(amounts.alltime)
            found[f"free_days.{measure}"] = Contributions.of(amounts.free_days)
            for window in ("work", "early_peak", "late_peak"):
                sums = amounts.in_hours(self.windows[window])
                found[f"{window}.{measure}"] = Contributions.of(sums)
        for kind in KINDS:
            found[f"weeks.{kind}"] = self._weekly_ratios(kind)
        for kind, count in COUNT_OF.items():
            ways = [self.amounts(f"{way}_{kind}").alltime.fillna(0) for way in DIRECTIONS]
            found[f"alltime.{kind}"] = Contributions.of(sum(ways))
            found[f"partners.{kind}"] = of_both_ends(self.links, count)
            with_capital = self.links["antenna_id2"].isin(self.people.params.capital)
            found[f"capital.{kind}"] = of_both_ends(self.links[with_capital], count)
        return found

    def _weekly_ratios(self, kind: str) -> Contributions:
        """The weakest of the weeks in which the ratio exists."""
        found = []
        out, into = (self.amounts(f"{way}_{kind}").weeks for way in DIRECTIONS)
        for week in self.people.weeks:
            if out[week].notna().any() and into[week].sum() > 0:
                found += [Contributions.of(side[week]) for side in (out, into)]
        return weakest(found) if found else Contributions.of([])

    def support(self, feature: str) -> Contributions | None:
        """The weakest part of a feature; an indicator is one sum."""
        if feature in INDICATORS:
            return Contributions.of(self.indicator(feature))
        if feature in ABOUT_NOBODY:
            return None
        if feature in ("active_users", *OF_RELEASED_PAIRS):
            return Contributions(self.residents, self.residents, 1)
        return weakest([self.parts[part] for part in parts(feature)])

    # --- rests ---

    @cached_property
    def rests(self) -> dict[str, bool]:
        """Whether what subtraction leaves is about enough people, or nobody."""
        found: dict[str, bool] = {}
        for measure in MEASURES:
            found[f"workday.{measure}"] = self.gate.is_ok(self.amounts(measure).workdays)
            found[f"day_without_work.{measure}"] = self._blocks_are_ok(measure, ["work"])
            found[f"day_without_peaks.{measure}"] = self._blocks_are_ok(measure, ["work", *PEAKS])
        found["directions"] = all(
            self.gate.is_ok(self.amounts(f"{way}_{kind}").alltime)
            for way, kind in product(DIRECTIONS, COUNTED)
        )
        for kind in KINDS:
            found[f"weeks.{kind}"] = not any(
                self._withheld(amounts).any()
                for amounts in (self.amounts(f"{way}_{kind}").weeks for way in DIRECTIONS)
            )
        for kind in COUNTED:
            found[f"withheld_partners.{kind}"] = self._partners_are_ok(
                self._withheld_partners(COUNT_OF[kind]), COUNT_OF[kind]
            )
            found[f"withheld_capital.{kind}"] = self._withheld_of_capital_are_ok(COUNT_OF[kind])
        if self.people.indicators is not None:
            self._add_rests_of_indicators(found)
        return found

    def _blocks_are_ok(self, measure: str, windows: Iterable[str]) -> bool:
        """Whether each block of the day that the windows cut it into is."""
        amounts = self.amounts(measure)
        return all(
            self.gate.is_ok(amounts.in_hours(hours)) for hours in self.blocks(windows).values()
        )

    def blocks(self, windows: Iterable[str]) -> dict[Block, list[int]]:
        """The hours of the day by the windows in which they are."""
        windows = list(windows)
        found = defaultdict(list)
        for hour in range(24):
            found[tuple(hour in self.windows[name] for name in windows)].append(hour)
        return found

    def _withheld(self, times: pd.DataFrame) -> pd.Series:
        """Whether each hour or week of a measure has a value that may not be released."""
        return times.apply(
            lambda values: values.notna().any() and not self.gate.is_safe(Contributions.of(values))
        )

    def _withheld_partners(self, count: str) -> set[str]:
        """The antennas with which a count is withheld."""
        withheld = self.pairs.query("feature == @count and decision != 'released' and value > 0")
        return set(withheld["antenna_id2"])

    def _withheld_of_capital_are_ok(self, count: str) -> bool:
        """The same for the capital's antennas alone, and for all others, where there is a capital."""
        capital, withheld = set(self.people.params.capital), self._withheld_partners(count)
        groups = (withheld & capital, withheld - capital) if capital else ()
        return all(self._partners_are_ok(group, count) for group in groups)

    def _partners_are_ok(self, withheld: set[str], count: str) -> bool:
        """Whether those behind some withheld pairs of an antenna are many, at both ends."""
        if not withheld:
            return True
        links = self.links[self.links["antenna_id2"].isin(withheld)]
        return len(withheld) >= LEAST_WITHHELD_PARTNERS and all(
            self.gate.is_safe(Contributions.of(links.groupby(end)[count].sum()))
            for end in ("user_id", "correspondent_id")
        )

    def _add_rests_of_indicators(self, found: dict[str, bool]) -> None:
        for kind, word in COUNTED.items():
            found[f"international.{kind}"] = self._are_ok(
                self._beyond_bandicoot(way, kind, "allweek", "allday") for way in DIRECTIONS
            )
            found[f"holidays.{kind}"] = self._are_ok(
                self._beyond_bandicoot(way, kind, "weekend", "allday") for way in DIRECTIONS
            )
            by_night = self._are_ok(
                self._beyond_bandicoot(way, kind, "allweek", part)
                for way, part in product(DIRECTIONS, PARTS_OF_DAY)
            )
            both = [f"{way}_{kind}" for way in DIRECTIONS]
            for measure in both:
                peaks = PEAKS if found[f"day_without_peaks.{measure}"] else []
                found[f"night.{measure}"] = (
                    by_night
                    and found[f"international.{kind}"]
                    and self._blocks_are_ok(measure, ["work", *peaks, "night"])
                )
            found[f"day_without_night.{kind}"] = all(found[f"night.{one}"] for one in both)
            total = self.indicator(f"number_of_interactions__allweek__allday__{word}")
            found[f"total.{kind}"] = self.gate.is_ok(total)
        for rest, pieces in PIECES.items():
            found[rest] = self._are_ok(self.indicator(piece) for piece in pieces)

    def _are_ok(self, contributions: Iterable[pd.Series]) -> bool:
        return all(self.gate.is_ok(amounts) for amounts in contributions)

    def indicator(self, name: str) -> np.ndarray:
        """Each resident's value."""
        return self.people.indicator(self.antenna, name)

    def _beyond_bandicoot(self, way: str, kind: str, week: str, day: str) -> pd.Series:
        """What each resident did less what bandicoot counts, which has its own week and night."""
        amounts = self.amounts(f"{way}_{kind}")
        if week == "weekend":
            ours = amounts.free_days
        elif day == "allday":
            ours = amounts.alltime
        else:
            hours = {"night": self.windows["night"], "day": set(range(24)) - self.windows["night"]}
            ours = amounts.in_hours(sorted(hours[day]))
        side = {"og": "out", "ic": "in"}[way]
        theirs = self.indicator(f"number_of_interaction_{side}__{week}__{day}__{COUNTED[kind]}")
        return ours.fillna(0) - np.nan_to_num(theirs)

    # --- profiles ---

    def hour_blocks(self, measure: str) -> list[list[int]]:
        """Hours whose sum may be known."""
        windows = [
            *(["work"] if self.rests[f"day_without_work.{measure}"] else []),
            *(PEAKS if self.rests[f"day_without_peaks.{measure}"] else []),
            *(["night"] if self.rests.get(f"night.{measure}") else []),
        ]
        return list(self.blocks(windows).values())

    def profile(
        self, times: pd.DataFrame, blocks: Iterable[Sequence[object]], distance: Callable
    ) -> pd.DataFrame:
        """The decisions on the hours or weeks of one measure; times has a column for each."""
        rows = pd.DataFrame(
            [self._cell(time, times[time]) for time in times],
            columns=["time", "value", "users", "largest", "decision"],
        ).set_index("time", drop=False)
        if self.gate.k > 0:
            for block in blocks:
                for time in self._rest_of(rows.loc[list(block)], distance):
                    rows.loc[time, "decision"] = WITHHELD_REST
        return rows

    def _cell(self, time: object, amounts: pd.Series) -> tuple:
        sums = Contributions.of(amounts)
        value = amounts.sum(min_count=1)
        decision = self.gate.decide(value, sums, self.residents)
        return time, value, sums.users, sums.largest, decision

    def _rest_of(self, block: pd.DataFrame, distance: Callable) -> list[object]:
        """The times of a block that are withheld with those that may not be released."""
        withheld = block[block["decision"].str.startswith("withheld") & block["value"].notna()]
        released = block[block["decision"] == RELEASED]
        if withheld.empty:
            return []
        if released.empty:
            return []
        nearest = min(
            released.index, key=lambda one: (min(distance(one, t) for t in withheld.index), one)
        )
        value, largest = (
            released.loc[nearest, name] + withheld[name].sum() for name in ("value", "largest")
        )
        hides = largest <= self.gate.max_share * value and value >= self.gate.k + 2 + len(withheld)
        return [nearest] if hides else list(released.index)


def hours_apart(one: int, other: int) -> int:
    """On the clock."""
    return min((one - other) % 24, (other - one) % 24)


def weeks_apart(one: pd.Timestamp, other: pd.Timestamp) -> int:
    """In days."""
    return abs((one - other).days)


def of_both_ends(links: pd.DataFrame, count: str) -> Contributions:
    """The weaker end of what users and their correspondents did together."""
    return weakest(
        [
            Contributions.of(links.groupby(end)[count].sum())
            for end in ("user_id", "correspondent_id")
        ]
    )


# --- all antennas --------------------------------------------------------------------------------


@dataclass
class Verdict:
    """The decision on every value, and the numbers that it follows from."""

    features: pd.DataFrame
    rests: pd.DataFrame
    pairs: pd.DataFrame
    hours: pd.DataFrame
    weeks: pd.DataFrame
    rounding: Rounding
    places: pd.DataFrame = field(repr=False)

    def decision(self, antenna_id: str, feature: str) -> str:
        """The decision on one antenna's value of one feature."""
        rows = self.features.query("antenna_id == @antenna_id and feature == @feature")
        return rows["decision"].item()

    def final_features(self, *, exact: bool = False) -> pd.DataFrame:
        """One row per antenna, as it may be published; `exact` leaves out the rounding."""
        rows = self.features.copy()
        rows["value"] = rows["value"].where(rows["decision"] == RELEASED)
        if not exact:
            rows["value"] = [
                self.rounding(feature, value)
                for feature, value in zip(rows["feature"], rows["value"], strict=True)
            ]
        wide = rows.pivot(index="antenna_id", columns="feature", values="value")
        wide = self.places.join(wide[list(dict.fromkeys(rows["feature"]))])
        wide["withheld_features"] = self._listed(rows, ["antenna_id"], "feature")
        return wide.reset_index()

    def final_interactions(self) -> pd.DataFrame:
        """The pairs of which a count may be published."""
        keys = ["antenna_id1", "antenna_id2"]
        wide = self._released(self.pairs, keys, "feature")[list(PAIR_COUNTS)]
        shown = wide.notna().any(axis="columns")
        wide["withheld_features"] = self._listed(self.pairs, keys, "feature")
        return wide[shown].reset_index()

    def final_profile(self, time: str) -> pd.DataFrame:
        """The hours or the weeks of each antenna."""
        rows = {"hour": self.hours, "week": self.weeks}[time]
        wide = self._released(rows, ["antenna_id", time], "measure")
        wide["withheld_values"] = self._listed(rows, ["antenna_id", time], "measure")
        return wide.reset_index()

    @staticmethod
    def _released(rows: pd.DataFrame, keys: list[str], name: str) -> pd.DataFrame:
        values = rows["value"].where(rows["decision"] == RELEASED)
        return rows.assign(value=values).pivot(index=keys, columns=name, values="value")

    def _listed(self, rows: pd.DataFrame, keys: list[str], name: str) -> pd.Series:
        """What is withheld and why, as text."""
        if self.rounding.privacy_k == 0:
            return rows.groupby(keys).size().map(lambda _: "PRIVACY GATE OFF, NOT FOR RELEASE")
        rule = rows["decision"].str.removeprefix("withheld_")
        entries = (rows[name] + "=" + rule).where(rows["decision"].str.startswith("withheld"))
        return (
            rows.assign(entry=entries).groupby(keys)["entry"].agg(lambda e: "; ".join(e.dropna()))
        )

    def release_report(self) -> pd.DataFrame:
        """How often each decision was made; of pairs only how many are released."""
        tables = {
            "final_features": (self.features, "feature"),
            "final_interactions": (self.pairs, "feature"),
            "final_hourly_profile": (self.hours, "measure"),
            "final_weekly_profile": (self.weeks, "measure"),
        }
        rows = []
        for name, (decisions, column) in tables.items():
            for feature, found in decisions.groupby(column)["decision"]:
                counts = found.value_counts().reindex(OUTCOMES, fill_value=0)
                row = {"released_table": name, "feature": feature, "total": len(found), **counts}
                if name == "final_interactions":
                    row |= dict.fromkeys(("total", *OUTCOMES[1:]), np.nan)
                rows.append(row)
        return pd.DataFrame(rows)


def decide(
    oracle: Oracle,
    privacy_k: int = 15,
    privacy_max_share: float = 0.5,
    release_digits: int = 3,
    *,
    bandicoot: bool = False,
) -> Verdict:
    """Decide on all values; privacy_k = 0 switches the gate off altogether."""
    people = People(oracle, bandicoot=bandicoot)
    gate = Gate(privacy_k, privacy_max_share)
    pairs = _pairs(oracle, people, gate)
    antennas = {
        antenna: AntennaGate(antenna, people, gate, pairs) if antenna in people.residents else None
        for antenna in people.antennas
    }
    values = _feature_values(oracle, people, antennas, pairs)
    rests = [
        (antenna, rest, is_safe)
        for antenna, judged in antennas.items()
        if judged
        for rest, is_safe in judged.rests.items()
    ]
    return Verdict(
        features=pd.DataFrame(
            [
                row
                for antenna in antennas
                for row in _decisions(antennas[antenna], values.loc[antenna])
            ],
            columns=["antenna_id", "feature", "value", "users", "max_share", "decision"],
        ),
        rests=pd.DataFrame(rests, columns=["antenna_id", "rest", "is_safe"]),
        pairs=pairs,
        hours=_profiles(antennas, people, "hour"),
        weeks=_profiles(antennas, people, "week"),
        rounding=Rounding(privacy_k, release_digits),
        places=oracle.antennas.set_index("antenna_id")[["longitude", "latitude"]],
    )


def _decisions(judged: AntennaGate | None, values: pd.Series) -> Iterator[tuple]:
    """One antenna's rows of Verdict.features."""
    for feature, value in values.items():
        if judged is None:
            decision = RELEASED if feature in ABOUT_NOBODY else NO_DATA
            yield values.name, feature, value, 0, float("nan"), decision
            continue
        sums = judged.support(feature)
        decision = judged.gate.decide(value, sums, judged.residents)
        if feature in ABOUT_NOBODY:
            decision = RELEASED
        is_rest = not all(judged.rests[rest] for rest in leaves(feature))
        if decision == RELEASED and judged.gate.k > 0 and is_rest:
            decision = WITHHELD_REST
        users, share = (sums.users, sums.share) if sums else (0, float("nan"))
        yield values.name, feature, value, users, share, decision


def _feature_values(
    oracle: Oracle,
    people: People,
    antennas: Mapping[str, AntennaGate | None],
    pairs: pd.DataFrame,
) -> pd.DataFrame:
    """All features of each antenna, in the order of the columns."""
    values = oracle.final_features.set_index("antenna_id")[list(FINAL_COLUMNS[3:])].astype(float)
    for measure in MEASURES:
        values[f"scaled_{measure}"] = _scaled(antennas, measure)
    counts = {
        kind: oracle.antenna_interactions.groupby("antenna_id1")[count]
        for kind, count in COUNT_OF.items()
    }
    beyond_gnuper: dict[str, Callable[[str], pd.Series]] = {
        "partner_entropy": lambda kind: counts[kind].apply(_evenness),
        "own_entropy": lambda kind: counts[kind].apply(_own_entropy),
        "partners": lambda kind: counts[kind].count(),
        "capital_share": lambda kind: _capital_share(oracle, COUNT_OF[kind]),
        "pagerank": lambda kind: _pagerank(pairs, COUNT_OF[kind]),
    }
    for name, compute in beyond_gnuper.items():
        for kind in COUNT_OF:
            values[f"{kind}_{name}"] = compute(kind).astype(float)
    if people.indicators is None:
        return values
    means = {
        antenna: {name: _mean(judged.indicator(name)) for name in INDICATORS}
        for antenna, judged in antennas.items()
        if judged
    }
    return values.join(pd.DataFrame.from_dict(means, orient="index", columns=list(INDICATORS)))


def _scaled(antennas: Mapping[str, AntennaGate | None], measure: str) -> pd.Series:
    """Sums between the smallest and the largest that may be released."""
    sums, ends = {}, []
    for antenna, judged in antennas.items():
        if judged is None:
            continue
        sums[antenna] = judged.amounts(measure).alltime.sum(min_count=1)
        part = judged.parts[f"alltime.{measure}"]
        if judged.gate.decide(sums[antenna], part, judged.residents) == RELEASED:
            ends.append(sums[antenna])
    series = pd.Series(sums, dtype=float)
    if not ends or min(ends) == max(ends):
        return series * np.nan
    return (series - min(ends)) / (max(ends) - min(ends))


def _evenness(counts: pd.Series) -> float:
    """Entropy of the partners' shares over its maximum."""
    counts = counts.dropna().astype(float)
    if len(counts) < 2:
        return float("nan")
    return min(1.0, _own_entropy(counts) / math.log2(len(counts)))


def _own_entropy(counts: pd.Series) -> float:
    """Entropy of the partners' shares in bits."""
    counts = counts.dropna().astype(float)
    shares = counts / counts.sum()
    return math.fsum(-shares * np.log2(shares)) if len(counts) else float("nan")


def _capital_share(oracle: Oracle, count: str) -> pd.Series:
    """The part of an antenna's count that is with the capital, where the params name one."""
    if not oracle.params.capital:
        return pd.Series(dtype=float)
    antenna, partner = (oracle.antenna_interactions[f"antenna_id{end}"] for end in (1, 2))
    counts = oracle.antenna_interactions[count].astype(float)
    with_capital = counts.where(partner.isin(oracle.params.capital), 0)
    return with_capital.groupby(antenna).sum() / counts.groupby(antenna).sum(min_count=1)


def _pagerank(pairs: pd.DataFrame, count: str) -> pd.Series:
    """PageRank over the released counts of different antennas, as a system of equations."""
    links = pairs.query(
        "feature == @count and decision == 'released' and antenna_id1 != antenna_id2"
    )
    names = sorted({*links["antenna_id1"], *links["antenna_id2"]})
    weights = links.pivot(index="antenna_id2", columns="antenna_id1", values="value")
    weights = weights.reindex(index=names, columns=names).fillna(0).to_numpy(float)
    sums = weights.sum(axis=0)
    moves = np.where(sums > 0, weights / np.where(sums > 0, sums, 1), 1 / max(len(names), 1))
    system = np.eye(len(names)) - DAMPING * moves
    ranks = np.linalg.solve(system, np.full(len(names), (1 - DAMPING) / max(len(names), 1)))
    return pd.Series(ranks, names, dtype=float)


def _mean(values: np.ndarray) -> float:
    known = [value for value in values.tolist() if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else float("nan")


def _pairs(oracle: Oracle, people: People, gate: Gate) -> pd.DataFrame:
    """The decisions on the counts of each ordered pair of antennas."""
    ends = [_by_pair(people.links, end) for end in ("user_id", "correspondent_id")]
    rows = []
    counted = oracle.antenna_interactions.astype(dict.fromkeys(PAIR_COUNTS, float))
    for pair in counted.itertuples():
        key = (pair.antenna_id1, pair.antenna_id2)
        residents = min(len(people.residents[antenna]) for antenna in key)
        for count in PAIR_COUNTS:
            value, sums = getattr(pair, count), weakest([end[key, count] for end in ends])
            decision = gate.decide(value, sums, residents)
            rows.append((*key, count, value, sums.users, sums.share, decision))
    columns = ["antenna_id1", "antenna_id2", "feature", "value", "users", "max_share", "decision"]
    return pd.DataFrame(rows, columns=columns)


def _by_pair(links: pd.DataFrame, end: str) -> dict[tuple, Contributions]:
    """What those at one end of each pair of antennas contribute to each count."""
    amounts = links.groupby(["antenna_id1", "antenna_id2", end])[list(PAIR_COUNTS)].sum()
    return {
        (pair, count): Contributions.of(rows[count])
        for pair, rows in amounts.groupby(level=[0, 1])
        for count in PAIR_COUNTS
    }


def _profiles(
    antennas: Mapping[str, AntennaGate | None], people: People, time: str
) -> pd.DataFrame:
    """The decisions on the hours or weeks of all antennas."""
    tables = []
    for (antenna, judged), measure in product(antennas.items(), PROFILE_MEASURES):
        if judged is None:
            times = range(24) if time == "hour" else people.weeks
            rows = pd.DataFrame({"time": list(times), "decision": NO_DATA})
        elif time == "hour":
            amounts, blocks = judged.amounts(measure).hours, judged.hour_blocks(measure)
            rows = judged.profile(amounts, blocks, hours_apart)
        else:
            rows = judged.profile(judged.amounts(measure).weeks, [people.weeks], weeks_apart)
        rows = rows.rename(columns={"time": time})
        tables.append(rows.assign(antenna_id=antenna, measure=measure))
    return pd.concat(tables, ignore_index=True)


#: In the order of the profiles' columns.
PROFILE_MEASURES = tuple(f"{way}_{kind}" for way in DIRECTIONS for kind in KINDS)
