"""Attack 11: the variance over the weeks, and the weeks that the profile shows.

Where all but two weeks of a measure are known, and their sum, the two weeks have one unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from scripts.privacy_audit.disclosure.quantities import Claim, Sum
from scripts.privacy_audit.disclosure.release import KINDS, MEASURES, Release, listed
from scripts.privacy_audit.disclosure.rounding import Interval

MOST = 2_000_000  # combinations of weekly values to try


@dataclass(frozen=True)
class Weeks:
    """The weekly values of a measure at an antenna."""

    values: np.ndarray
    hidden: list[int]  # places of two withheld values, or none
    rest: float  # sum of the withheld values


def attack(release: Release) -> list[Claim]:
    """Claims about weekly values that are withheld."""
    claims = []
    for antenna, kind in product(release.antennas, KINDS):
        bounds = release.bounds(antenna, f"{kind}_ratio_var")
        weeks = _weeks(release, antenna, kind) if bounds is not None else None
        if bounds is not None and weeks is not None:
            claims += _solved(release, antenna, bounds, weeks)
    return claims


def _weeks(release: Release, antenna: str, kind: str) -> dict[str, Weeks] | None:
    """Both directions; None where too much or nothing is withheld, or no sum is known."""
    rows = release.weekly.loc[antenna]
    rules = [listed(text) for text in rows["withheld_values"]]
    hours = [listed(text) for text in release.hourly["withheld_values"].loc[antenna]]
    found = {}
    for measure in (m for m in MEASURES if m.endswith(f"_{kind}")):
        values = rows[measure].to_numpy(float)
        hidden = [i for i, rule in enumerate(rules) if measure in rule]
        rest = 0.0
        if hidden:
            if any(measure in rule for rule in hours) or len(hidden) != 2:
                return None
            rest = float(release.hourly[measure].loc[antenna].sum() - np.nansum(values))
        found[measure] = Weeks(values, hidden, rest)
    return found if any(weeks.hidden for weeks in found.values()) else None


def _solved(
    release: Release, antenna: str, bounds: Interval, weeks: dict[str, Weeks]
) -> list[Claim]:
    """All whole numbers are tried; those stay that agree with the variance."""
    outgoing, incoming = weeks
    tries = [np.arange(1, w.rest) if w.hidden else np.zeros(1) for w in weeks.values()]
    if np.prod([len(t) for t in tries], dtype=float) > MOST:
        return []
    columns = {}
    for (measure, own), values in zip(
        weeks.items(), np.meshgrid(*tries, indexing="ij"), strict=True
    ):
        table = np.repeat(own.values[:, None], values.size, axis=1)
        if own.hidden:
            table[own.hidden[0]] = values.ravel()
            table[own.hidden[1]] = own.rest - values.ravel()
        columns[measure] = table
    with np.errstate(all="ignore"):
        ratios = columns[outgoing] / columns[incoming]
    ratios[~np.isfinite(ratios)] = np.nan
    found = np.nanvar(ratios, axis=0, ddof=1)
    slack = 1e-9 * abs(found)
    fits = (found >= bounds.low - slack) & (found <= bounds.high + slack)
    names = release.weekly.loc[antenna].index
    return [
        Claim("11 variances", Sum(antenna, (m,), weeks=(names[place],)), kept.min(), kept.max())
        for m, own in weeks.items()
        for place in own.hidden
        if len(kept := columns[m][place][fits])
    ]
