"""What the restricted tables say about an attacker's claims: the scorer, not the attacker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.proofs.disclosure.indicators import People
from scripts.proofs.disclosure.quantities import (
    BANDICOOT_WEEK,
    SECOND,
    Claim,
    Indicator,
    PairCount,
    Partners,
    Quantity,
    Sum,
    Without,
)
from scripts.proofs.disclosure.release import INDICATORS, MEASURES, PAIR_COUNTS

NEAR = 0.05  # an interval narrower than this share of the true value tells the value


@dataclass(frozen=True)
class Fact:
    """The true value of a quantity, how many people it rests on, and the share of the largest."""

    value: float
    users: int
    share: float

    def is_protected(self, k: int, max_share: float) -> bool:
        """Whether the gate would withhold it; what nobody contributes to is nobody's."""
        return self.users > 0 and (self.users <= k or self.share > max_share)


def fact(contributions: np.ndarray) -> Fact:
    """The fact about a sum from each person's part in it."""
    size = np.abs(contributions[contributions != 0])
    if not len(size):
        return Fact(0.0, 0, 0.0)
    return Fact(float(contributions.sum()), len(size), float(size.max() / size.sum()))


@dataclass(frozen=True)
class Truth:
    """Restricted tables of one period: homes, atoms, indicators and interactions of each person."""

    homes: pd.Series  # antenna by person
    atoms: pd.DataFrame  # one row per person and atom, with the measures
    indicators: pd.DataFrame  # by person
    interactions: pd.DataFrame

    @cached_property
    def _by_antenna(self) -> dict[str, dict[str, np.ndarray]]:
        return {
            antenna: {name: rows[name].to_numpy() for name in rows}
            for antenna, rows in self.atoms.groupby("antenna")
        }

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], pd.DataFrame]:
        return dict(list(self.interactions.groupby(["antenna_id1", "antenna_id2"])))

    @cached_property
    def residents(self) -> dict[str, pd.DataFrame]:
        """Indicators of the residents of each antenna."""
        return dict(list(self.indicators.groupby(self.homes.reindex(self.indicators.index))))

    @cached_property
    def _facts(self) -> dict[Quantity, Fact]:
        return {}

    def people(self, antenna: str) -> dict[tuple[str, str, str], People]:
        """How many people are behind each of an antenna's means of whole numbers."""
        found = {}
        for week, day in product(BANDICOOT_WEEK, ("allday", "day", "night")):
            for kind in ("call", "text", "callandtext"):
                group = (week, day, kind)
                users = len(self.homes[self.homes == antenna]) - int(
                    self._compute(Without(antenna, group)).value
                )
                found[group] = People(users, users, True)
        return found

    def about(self, quantity: Quantity) -> Fact:
        """The fact about any quantity."""
        if quantity not in self._facts:
            self._facts[quantity] = self._compute(quantity)
        return self._facts[quantity]

    def _compute(self, quantity: Quantity) -> Fact:
        if isinstance(quantity, Sum):
            return self._sum(quantity)
        if isinstance(quantity, PairCount):
            rows = self._pairs.get((quantity.antenna1, quantity.antenna2))
            if rows is None:
                return Fact(0.0, 0, 0.0)
            count = PAIR_COUNTS.get(quantity.kind, "vol_sum")
            ends = [
                fact(rows.groupby(end)[count].sum().to_numpy(float))
                for end in ("user_id", "correspondent_id")
            ]
            users = min(end.users for end in ends)
            return Fact(ends[0].value, users, max(end.share for end in ends))
        if isinstance(quantity, Partners):
            rows = self.interactions[self.interactions["antenna_id1"] == quantity.antenna]
            rows = rows[rows[PAIR_COUNTS[quantity.kind]].fillna(0) > 0]
            users = rows["user_id"].nunique()
            return Fact(float(rows["antenna_id2"].nunique()), users, 1 / users if users else 0)
        if isinstance(quantity, Without):
            week, day, kind = quantity.group
            rows = self.residents[quantity.antenna]
            name = (
                f"active_days__{week}__{day}__{kind}"
                if kind == "callandtext"
                else f"number_of_interactions__{week}__{day}__{kind}"
            )
            count = int((self.homes == quantity.antenna).sum()) - int(rows[name].notna().sum())
            return Fact(float(count), count, 1 / count if count else 0)
        values = self.residents[quantity.antenna][quantity.indicator].dropna().to_numpy(float)
        whole = fact(values)
        return Fact(values.mean() if len(values) else 0.0, whole.users, whole.share)

    def _sum(self, quantity: Sum) -> Fact:
        rows = self._by_antenna.get(quantity.antenna)
        if rows is None:
            return Fact(0.0, 0, 0.0)
        chosen = np.ones(len(rows["person"]), bool)
        if quantity.is_national is not None:
            chosen &= rows["is_national"] == quantity.is_national
        for name, allowed in (("week_part", quantity.week_parts), ("slot", quantity.slots)):
            if allowed is not None:
                chosen &= np.isin(rows[name], allowed)
        if quantity.week is not None:
            chosen &= rows["week"] == quantity.week
        values = sum(rows[measure][chosen] for measure in quantity.measures)
        return fact(np.bincount(rows["person"][chosen], values))


def read_truth(folder: Path, parameters: dict) -> dict[str, Truth]:
    """The restricted tables in a folder of Parquet files, by period."""
    tables = {
        name: pd.read_parquet(Path(folder) / f"{name}.parquet")
        for name in ("homes", "events", "bandicoot", "interactions", "holidays")
    }
    homes = tables["homes"].set_index("user_id")["antenna_id"]
    is_divided = parameters["period"] != "all"
    periods = homes.str.split(" ").str[0] if is_divided else pd.Series("all", homes.index)
    homes = homes.str.split(" ", n=1).str[1] if is_divided else homes
    interactions = tables["interactions"]
    if is_divided:
        for end in ("antenna_id1", "antenna_id2"):
            interactions[end] = interactions[end].str.split(" ", n=1).str[1]
    bandicoot = tables["bandicoot"].set_index("user_id")
    values = np.column_stack([bandicoot["number_of_records"], np.stack(bandicoot["indicators"])])
    indicators = pd.DataFrame(values.astype(float), bandicoot.index, INDICATORS)
    atoms = _atoms(tables["events"], homes, tables["holidays"]["day"], parameters)
    result = {}
    for period in sorted(periods.unique()):
        own = homes[periods == period]
        result[period] = Truth(
            homes=own,
            atoms=atoms[atoms["user_id"].isin(own.index)],
            indicators=indicators[indicators.index.isin(own.index)],
            interactions=interactions[interactions["user_id"].isin(own.index)],
        )
    return result


def _atoms(events: pd.DataFrame, homes: pd.Series, holidays: pd.Series, parameters: dict):
    """One row per person and atom, from the events of people who have a home."""
    events = events[events["user_id"].isin(homes.index)]
    at = pd.to_datetime(events["event_at"])
    day = pd.to_datetime(events["day"])
    is_weekend = (day.dt.weekday + 1).isin(parameters["weekend_days"])
    is_holiday = day.isin(pd.to_datetime(holidays))
    is_second = (at.dt.hour == parameters["noct_end"]) & (at.dt.minute == 0) & (at.dt.second == 0)
    shift = (day.dt.weekday + 1 - parameters["week_starts_on"]) % 7
    is_out, is_call = events["direction"] == "out", events["interaction"] == "call"
    seconds = events["call_duration"].fillna(0)
    columns = {
        "user_id": events["user_id"],
        "is_national": events["is_national"].astype(bool),
        "week_part": np.select([is_weekend, is_holiday], ["weekend", "holiday"], "workday"),
        "slot": np.where(is_second, SECOND, events["hour"]),
        "week": (day - pd.to_timedelta(shift, "D")).dt.date,
    }
    for measure in MEASURES:
        way, kind = measure.split("_")
        chosen = (is_out == (way == "og")) & (is_call == (kind != "sms"))
        columns[measure] = np.where(chosen, seconds if kind == "vol" else 1, 0)
    keys = ["user_id", "is_national", "week_part", "slot", "week"]
    atoms = pd.DataFrame(columns).groupby(keys, as_index=False)[list(MEASURES)].sum()
    atoms["week_part"] = atoms["week_part"].astype(str).to_numpy("U7")
    atoms["antenna"] = atoms["user_id"].map(homes)
    atoms["person"] = atoms.groupby("antenna")["user_id"].transform(lambda s: s.factorize()[0])
    return atoms


def score(claims: list[Claim], truth: Truth, k: int, max_share: float) -> pd.DataFrame:
    """Per attack: protected quantities claimed, and those determined, by how exactly."""
    rows = []
    for claim in claims:
        known = truth.about(claim.quantity)
        if not known.is_protected(k, max_share):
            continue
        slack = 1e-6 * max(1, abs(known.value))
        width = claim.high - claim.low
        is_exact = width <= slack
        first, last = np.ceil(claim.low - 1e-7), np.floor(claim.high + 1e-7)
        is_whole_number = not isinstance(claim.quantity, Indicator)
        rows.append(
            {
                "attack": claim.attack,
                "quantity": claim.quantity,
                "value": known.value,
                "low": claim.low,
                "high": claim.high,
                "users": known.users,
                "exact": is_exact,
                "whole": is_whole_number and first == last,
                "near": width < NEAR * abs(known.value),
                "wrong": not claim.low - slack <= known.value <= claim.high + slack,
            }
        )
    columns = [
        "attack",
        "quantity",
        "value",
        "low",
        "high",
        "users",
        "exact",
        "whole",
        "near",
        "wrong",
    ]
    return pd.DataFrame(rows, columns=columns)


def summary(scores: pd.DataFrame) -> pd.DataFrame:
    """Per attack, how many protected quantities there are and how many were determined."""
    scores = scores.assign(
        protected=1,
        determined=scores["exact"] | scores["whole"] | scores["near"],
        one_person=(scores["exact"] | scores["whole"] | scores["near"]) & (scores["users"] == 1),
    )
    names = ["protected", "exact", "whole", "near", "determined", "one_person", "wrong"]
    return scores.groupby("attack")[names].sum().astype(int)
