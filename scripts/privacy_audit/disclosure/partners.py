"""What is released about the interactions of antennas with others, and how many these are.

With N the interactions of an antenna, n those with one partner and T those of all antennas, the
entropies are equations without any n but N and T: own_entropy, or partner_entropy and the number of
partners, gives the sum of n log n from N; entropy then gives N from T. All N are whole, so that T is
the whole number for which they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scripts.privacy_audit.disclosure.release import PAIR_COUNTS, Release
from scripts.privacy_audit.disclosure.rounding import Interval

MOST_TOTALS = 3_000_000  # T to try
SHARP = 1e-6  # the interval of an entropy that T can be scanned with
NEWTON_STEPS = 60

Counts = dict[tuple[str, str], float]  # by ordered pair of antennas


@dataclass
class Kind:
    """What is released about calls or texts between antennas."""

    name: str
    counts: Counts  # released counts
    homes: list[str]
    rows: pd.DataFrame  # per antenna: low and high of the features, partners, known sum


def read_kind(release: Release, kind: str) -> Kind:
    """Counts and features of calls or texts; antennas with all four features only."""
    table = release.interactions.dropna(subset=[PAIR_COUNTS[kind]])
    keys = zip(table["antenna_id1"], table["antenna_id2"], strict=True)
    counts = dict(zip(keys, table[PAIR_COUNTS[kind]].astype(float), strict=True))
    rows = {}
    for antenna in release.antennas:
        found = {
            name: release.bounds(antenna, f"{kind}_{name}")
            for name in ("entropy", "partner_entropy", "dist_mean", "isolation")
        }
        known = {name: bounds for name, bounds in found.items() if bounds is not None}
        if len(known) < len(found):
            continue
        number = release.partners(antenna, kind)
        fewest, most = number.whole() if number else (0, len(release.homes))
        evenness = known["partner_entropy"]
        own = Interval(
            evenness.low * np.log2(max(fewest, 1)), evenness.high * np.log2(max(most, 1))
        )
        known["own_entropy"] = own.overlap(release.bounds(antenna, f"{kind}_own_entropy"))
        share = release.bounds(antenna, f"{kind}_capital_share") or Interval(0, 1)
        known["capital_share"] = share.overlap(Interval(0, 1))
        rows[antenna] = {
            **{f"{name}_low": b.low for name, b in known.items()},
            **{f"{name}_high": b.high for name, b in known.items()},
            "fewest": fewest,
            "most": most,
            "known": sum(n for pair, n in counts.items() if pair[0] == antenna),
        }
    return Kind(kind, counts, release.homes, pd.DataFrame(rows).T)


def scan(kind: Kind) -> dict[str, float] | None:
    """N of each antenna, where exactly one whole T makes all N whole, as far as the digits tell."""
    rows = kind.rows
    if len(rows) < 2 or (rows["own_entropy_high"] - rows["own_entropy_low"]).max() > SHARP:
        return None
    first = int(max(rows["known"].sum(), 1))
    totals = np.arange(first, first + MOST_TOTALS, dtype=float)
    parts = _parts_of_total(rows)
    for part in parts:
        numbers = part * totals
        totals = totals[np.abs(numbers - np.round(numbers)) < 1e-9 * numbers + 1e-4]
        if not len(totals):
            return None
    return dict(zip(rows.index, np.round(parts * totals[0]), strict=True))


def _parts_of_total(rows: pd.DataFrame) -> np.ndarray:
    """p = N / T of each antenna by Newton's method, from entropy = p (c - log2 p)."""
    entropy = rows["entropy_low"].to_numpy(float)
    constant = rows["own_entropy_high"].to_numpy(float)
    part = np.full(len(rows), 0.01)
    for _ in range(NEWTON_STEPS):
        value = part * (constant - np.log2(part)) - entropy
        slope = constant - np.log2(part) - 1 / np.log(2)
        part = np.clip(part - value / slope, 1e-9, 0.999)
    return part
