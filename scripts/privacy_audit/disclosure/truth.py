"""What the restricted tables say about an attacker's claims: this is not the attacker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from scripts.privacy_audit.disclosure.indicators import People
from scripts.privacy_audit.disclosure.quantities import (
    BANDICOOT_DAY,
    BANDICOOT_WEEK,
    Group,
    Indicator,
    PairCount,
    Partners,
    Quantity,
    Sum,
    Without,
)
from scripts.privacy_audit.disclosure.release import PAIR_COUNTS


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


def people_without(number: int) -> Fact:
    """The fact about a number of people."""
    return Fact(float(number), number, 1 / number if number else 0.0)


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

    def people(self, antenna: str) -> dict[Group, People]:
        """How many people are behind each of an antenna's means of whole numbers."""
        found = {}
        kinds = ("call", "text", "callandtext")
        for group in product(BANDICOOT_WEEK, BANDICOOT_DAY, kinds):
            without = self.about(Without(antenna, group)).users
            users = int((self.homes == antenna).sum()) - without
            found[group] = People(users, users)
        return found

    def about(self, quantity: Quantity) -> Fact:
        """The fact about any quantity of this period."""
        if quantity not in self._facts:
            compute: dict[type, Callable[..., Fact]] = {
                Sum: self._sum,
                PairCount: self._pair,
                Partners: self._partners,
                Without: self._without,
                Indicator: self._mean,
            }
            self._facts[quantity] = compute[type(quantity)](quantity)
        return self._facts[quantity]

    def contributions(self, quantity: Sum | PairCount) -> list[pd.Series]:
        """Each person's part in a sum; of a pair of antennas, those of the people at both ends."""
        if isinstance(quantity, PairCount):
            rows = self._pairs.get((quantity.antenna1, quantity.antenna2), self.interactions[:0])
            count = PAIR_COUNTS[quantity.kind]
            return [rows.groupby(end)[count].sum() for end in ("user_id", "correspondent_id")]
        rows = self._by_antenna.get(quantity.antenna)
        if rows is None:
            return [pd.Series(dtype=float)]
        chosen = self._chosen(rows, quantity)
        values = np.sum([rows[measure][chosen] for measure in quantity.measures], axis=0)
        return [pd.Series(values).groupby(rows["user_id"][chosen]).sum()]

    def _pair(self, quantity: PairCount) -> Fact:
        """The weaker end counts, as for the gate."""
        one, other = (fact(part.to_numpy(float)) for part in self.contributions(quantity))
        return Fact(one.value, min(one.users, other.users), max(one.share, other.share))

    def _partners(self, quantity: Partners) -> Fact:
        rows = self.interactions[self.interactions["antenna_id1"] == quantity.antenna]
        rows = rows[rows[PAIR_COUNTS[quantity.kind]].fillna(0) > 0]
        users = rows["user_id"].nunique()
        return Fact(float(rows["antenna_id2"].nunique()), users, 1 / users if users else 0.0)

    def _without(self, quantity: Without) -> Fact:
        week, day, kind = quantity.group
        name = "active_days" if kind == "callandtext" else "number_of_interactions"
        rows = self.residents.get(quantity.antenna)
        number = int((self.homes == quantity.antenna).sum())
        if rows is not None:
            number -= int(rows[f"{name}__{week}__{day}__{kind}"].notna().sum())
        return people_without(number)

    def _mean(self, quantity: Indicator) -> Fact:
        values = self.residents[quantity.antenna][quantity.indicator].dropna().to_numpy(float)
        whole = fact(values)
        return Fact(values.mean() if len(values) else 0.0, whole.users, whole.share)

    def _sum(self, quantity: Sum) -> Fact:
        rows = self._by_antenna.get(quantity.antenna)
        if rows is None:
            return Fact(0.0, 0, 0.0)
        chosen = self._chosen(rows, quantity)
        values = np.sum([rows[measure][chosen] for measure in quantity.measures], axis=0)
        return fact(np.bincount(rows["person"][chosen], values))

    @staticmethod
    def _chosen(rows: dict[str, np.ndarray], quantity: Sum) -> np.ndarray:
        """The atoms of a sum."""
        chosen = np.ones(len(rows["person"]), bool)
        limits: dict[str, Any] = {
            "week_part": quantity.week_parts,
            "slot": quantity.slots,
            "week": quantity.weeks,
        }
        if quantity.is_national is not None:
            chosen &= rows["is_national"] == quantity.is_national
        for name, allowed in limits.items():
            if allowed is not None:
                chosen &= np.isin(rows[name], allowed)
        return chosen
