"""Attack 14: what the choice of the companion says about the values that it hides.

In a block with withheld values the gate withholds one more value, which it chooses by a documented
rule. The sum of the withheld values is known. Each sum of the few people's values is tried: those
stay with which the rule would have chosen this companion, and no other of the values that everybody
sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.privacy_audit.disclosure.antenna import TYPES
from scripts.privacy_audit.disclosure.daytime import halves, slots_of, windows
from scripts.privacy_audit.disclosure.quantities import Claim, Sum
from scripts.privacy_audit.disclosure.release import COUNTED, Release, listed

NAME = "14 companions"
MOST = 100_000  # sums to try


@dataclass(frozen=True)
class Block:
    """A part of a profile of one measure, with one companion; times are places in the profile."""

    values: np.ndarray
    times: list[int]  # of the block
    hidden: list[int]  # too few people, or one above all
    companion: int


def attack(release: Release) -> list[Claim]:
    """Claims about the sums of what is hidden."""
    claims = []
    for antenna in release.antennas:
        for measure in COUNTED:
            total = release.total(antenna, measure)
            for time, profile in (("hour", release.hourly), ("week", release.weekly)):
                rows = profile.loc[antenna]
                cut = _cut(release, antenna, measure) if time == "hour" else {}
                block = _block(rows, measure, cut)
                if block is None or total is None:
                    continue
                sums = _possible(release, block, total - float(np.nansum(block.values)))
                if len(sums):
                    names = [rows.index[place] for place in block.hidden]
                    quantity = _sum(release, antenna, measure, time, names)
                    claims.append(Claim(NAME, quantity, sums.min(), sums.max()))
    return claims


def _sum(release: Release, antenna: str, measure: str, time: str, names: list[Any]) -> Sum:
    """The sum of some hours or weeks."""
    if time == "week":
        return Sum(antenna, (measure,), weeks=tuple(names))
    slots = sorted({s for hour in names for s in slots_of(hour, hour, release.parameters)})
    return Sum(antenna, (measure,), slots=tuple(slots))


def _cut(release: Release, antenna: str, measure: str) -> dict[int, tuple[bool, ...]]:
    """The block of each hour: in which of the windows that features tell about it lies."""
    found = windows(release.parameters)
    told = []
    if release.bounds(antenna, f"{measure}_work_ratio") is not None:
        told.append(found["work"])
    if release.bounds(antenna, f"{measure}_peak_ratio") is not None:
        told += [found["early"], found["late"]]
    way, kind = measure.split("_")
    name = "out" if way == "og" else "in"
    split = f"number_of_interaction_{name}__allweek__night__{TYPES[kind]}"
    if not release.is_former and release.bounds(antenna, split) is not None:
        told.append(halves(release.parameters)[True])
    return {hour: tuple(hour in window for window in told) for hour in range(24)}


def _block(rows: pd.DataFrame, measure: str, cut: dict[int, tuple[bool, ...]]) -> Block | None:
    """The block with all that is hidden, where it has exactly one companion."""
    rules = [listed(text).get(measure) for text in rows["withheld_values"]]
    companions = [i for i, rule in enumerate(rules) if rule == "rest"]
    hidden = [i for i, rule in enumerate(rules) if rule in ("k", "dominance")]
    if len(companions) != 1 or not hidden or len({cut.get(i) for i in hidden + companions}) != 1:
        return None
    times = [i for i in range(len(rules)) if cut.get(i) == cut.get(companions[0])]
    return Block(rows[measure].to_numpy(float), times, hidden, companions[0])


def _possible(release: Release, block: Block, rest: float) -> np.ndarray:
    """The sums of the hidden values with which the gate would have chosen this companion."""
    k, number = release.k, len(block.hidden)
    sums = np.arange(number, min(rest - k - 1, MOST) + 1)
    companion = rest - sums
    if not release.is_former:  # the nearest, whatever its size
        return sums if rest >= k + 2 + number else sums[:0]
    possible = np.full(len(sums), True)
    for time in block.times:
        value = block.values[time]
        if np.isnan(value) or value <= k:
            continue
        # One user may be above all: others have at least one event each. Then it is no companion.
        is_none = value - k + sums > release.parameters["privacy_max_share"] * (value + sums)
        is_before = (value < companion) | ((value == companion) & (time < block.companion))
        possible &= ~is_before | is_none
    return sums[possible]
