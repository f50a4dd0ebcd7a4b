"""What counts over everybody, variances, and a second release tell."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from scripts.proofs.disclosure.quantities import Claim, PairCount, Partners, Sum
from scripts.proofs.disclosure.release import PAIR_COUNTS, Interval, Release, listed

MOST = 2_000_000  # combinations of weekly values to try


def partners(release: Release) -> list[Claim]:
    """Attack 8: all pairs of antennas that interact less the partners of all antennas but one."""
    claims = []
    withheld = [a for a in release.homes if a not in release.antennas]
    report = release.report.set_index(["released_table", "feature"])
    for kind, count in PAIR_COUNTS.items():
        row = report.loc["final_interactions", count] if len(report) else None
        shares = [release.bounds(a, f"{kind}_isolation") for a in release.antennas]
        if len(withheld) != 1 or row is None or pd.isna(row["total"]) or None in shares:
            continue
        pairs = row["total"] - row["not_existing"]
        numbers = [share.scaled(len(release.homes)).whole() for share in shares]
        low, high = (sum(ends) for ends in zip(*numbers, strict=True))
        claims.append(Claim("8 metadata", Partners(withheld[0], kind), pairs - high, pairs - low))
    return claims


def variances(release: Release) -> list[Claim]:
    """Attack 11: the variance over the weeks, and the weeks that the profile shows.

    Where all but two weeks of a measure are known, and their sum, the two weeks have one unknown.
    """
    claims = []
    totals = _sums(release.hourly)
    for antenna, kind in product(release.antennas, ("calls", "sms", "vol")):
        bounds = release.bounds(antenna, f"{kind}_ratio_var")
        if bounds is None:
            continue
        weeks = release.weekly.loc[antenna]
        rules = [listed(text) for text in weeks["withheld_values"]]
        known, hidden, rest = {}, {}, {}
        for measure in (f"og_{kind}", f"ic_{kind}"):
            values = weeks[measure].to_numpy(float)
            gone = [i for i, rule in enumerate(rules) if measure in rule]
            known[measure], hidden[measure] = values, gone
            rest[measure] = totals.get((antenna, measure), np.nan) - np.nansum(values)
        if not any(hidden.values()) or any(
            hidden[m] and (len(hidden[m]) != 2 or not rest[m] > 0) for m in hidden
        ):
            continue
        claims += _weeks(release, antenna, bounds, known, hidden, rest)
    return claims


def _sums(profile: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Sums of a measure at an antenna, of all hours, where none of them is withheld."""
    found = {}
    for antenna, rows in profile.groupby("antenna_id"):
        hidden = set().union(*(listed(text) for text in rows["withheld_values"]))
        for measure in {"og_calls", "og_sms", "og_vol", "ic_calls", "ic_sms", "ic_vol"} - hidden:
            found[antenna, measure] = rows[measure].sum()
    return found


def _weeks(release, antenna, bounds: Interval, known, hidden, rest) -> list[Claim]:
    """Claims about hidden weeks: all whole numbers are tried that agree with the variance."""
    measures = list(known)
    tries = [np.arange(1, rest[m]) if hidden[m] else np.zeros(1) for m in measures]
    if np.prod([len(t) for t in tries], dtype=float) > MOST:
        return []
    first = np.meshgrid(*tries, indexing="ij")
    columns = {}
    for m, values in zip(measures, first, strict=True):
        table = np.repeat(known[m][:, None], values.size, axis=1)
        if hidden[m]:
            table[hidden[m][0]] = values.ravel()
            table[hidden[m][1]] = rest[m] - values.ravel()
        columns[m] = table
    with np.errstate(all="ignore"):
        ratios = columns[measures[0]] / columns[measures[1]]
    ratios[~np.isfinite(ratios)] = np.nan
    found = np.nanvar(ratios, axis=0, ddof=1)
    slack = 1e-9 * abs(found)
    fits = (found >= bounds.low - slack) & (found <= bounds.high + slack)
    claims = []
    weeks = release.weekly.loc[antenna].index
    for m in measures:
        for place in hidden[m]:
            values = columns[m][place][fits]
            if len(values):
                quantity = Sum(antenna, (m,), week=weeks[place])
                claims.append(Claim("11 variances", quantity, values.min(), values.max()))
    return claims


def differences(release: Release, other: Release) -> dict[object, float]:
    """Attack 12: whole numbers of two releases, subtracted: what changed, by quantity."""
    found: dict[object, float] = {}
    for table, name in (("hourly", "hour"), ("weekly", "week")):
        one, two = getattr(release, table), getattr(other, table)
        for m in ("og_calls", "og_sms", "og_vol", "ic_calls", "ic_sms", "ic_vol"):
            change = (one[m] - two[m].reindex(one.index)).dropna()
            for (antenna, time), value in change[change != 0].items():
                found[name, antenna, m, time] = value
    keys = ["antenna_id1", "antenna_id2"]
    one, two = (r.interactions.set_index(keys) for r in (release, other))
    for kind, count in PAIR_COUNTS.items():
        change = (one[count] - two[count].reindex(one.index)).dropna()
        for (antenna1, antenna2), value in change[change != 0].items():
            found[PairCount(antenna1, antenna2, kind)] = value
    return found
