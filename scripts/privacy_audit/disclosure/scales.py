"""Totals of antennas that follow from scaled_* and from the totals that the profiles show."""

from __future__ import annotations

from itertools import product

import pandas as pd

from scripts.privacy_audit.disclosure.release import MEASURES, Release
from scripts.privacy_audit.disclosure.rounding import Interval

Totals = dict[tuple[str, str], Interval]


def totals(release: Release) -> Totals:
    """By antenna and measure; two antennas whose totals are known fix a scale."""
    found = {}
    for measure in MEASURES:
        column = f"scaled_{measure}"
        scaled = release.features[column].dropna()
        sums = {a: release.total(a, measure) for a in scaled.index}
        known = pd.Series(sums, dtype=float).dropna()
        if len(known) < 2:
            continue
        ends = scaled[known.index].idxmin(), scaled[known.index].idxmax()
        for antenna in scaled.index.difference(known.index):
            bounds = _on_line(release, column, antenna, known[list(ends)])
            if bounds is not None:
                found[antenna, measure] = bounds
    return found


def _on_line(release: Release, column: str, antenna: str, known: pd.Series) -> Interval | None:
    """first + (last - first) (x - x0) / (x1 - x0), at the ends of all intervals."""
    bounds = [release.bounds(a, column) for a in (antenna, *known.index)]
    x, x0, x1 = (b for b in bounds if b is not None)
    first, last = known
    if x1.low - x0.high <= 0:
        return None
    ends = [
        first + (last - first) * (a - b) / (c - b)
        for a, b, c in product((x.low, x.high), (x0.low, x0.high), (x1.low, x1.high))
    ]
    return Interval(min(ends) - 1e-6, max(ends) + 1e-6)
