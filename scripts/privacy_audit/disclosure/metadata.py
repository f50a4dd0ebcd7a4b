"""What counts over everybody tell about those few who are in nothing else.

These counts are of all periods of a release together, and so are the claims.
"""

from __future__ import annotations

import datetime

import pandas as pd

from scripts.privacy_audit.disclosure.quantities import Claim, Outsiders, Partners, Week
from scripts.privacy_audit.disclosure.release import COUNTED, PAIR_COUNTS, Release
from scripts.privacy_audit.disclosure.rounding import Interval

OUTCOMES = ["released", "withheld_k", "withheld_dominance", "withheld_rest"]


def partners(releases: dict[str, Release]) -> list[Claim]:
    """Attack 8: all pairs of antennas that interact less the partners of all antennas but one."""
    claims = []
    withheld = [(p, a) for p, one in releases.items() for a in one.homes if a not in one.antennas]
    report = next(iter(releases.values())).report
    for kind, count in PAIR_COUNTS.items():
        pairs = _pairs(report.loc[("final_interactions", count)])
        if len(withheld) != 1 or pairs is None:
            continue
        low, high = pairs, pairs
        for one in releases.values():
            for antenna in one.antennas:
                number = one.partners(antenna, kind)
                if number is None:
                    low -= len(one.homes)
                    continue
                fewest, most = number.whole()
                low, high = low - most, high - fewest
        claims.append(Claim("8 pairs that exist", Partners(*withheld[0], kind), max(low, 0), high))
    return claims


def _pairs(row: pd.Series) -> float | None:
    """The number of pairs with a count: of all decisions, or all less those without one."""
    if row[OUTCOMES].notna().all():
        return float(row[OUTCOMES].sum())
    if row[["total", "not_existing", "no_data"]].notna().all():
        return float(row["total"] - row["not_existing"] - row["no_data"])
    return None


def rows(by_period: dict[str, Release]) -> list[Claim]:
    """Attack 13: accepted rows less the totals of all antennas are the rows of everybody else.

    These are machines, people without a home, and people at antennas that are withheld.
    """
    releases = list(by_period.values())
    name = "13 accepted rows"
    days = _days(releases[0])
    claims = []
    for week, accepted in days.items():
        shown = _shown(releases, week)
        if shown is not None and accepted is not None:
            low, high = accepted.low - shown, accepted.high - shown
            claims.append(Claim(name, Outsiders(week), max(low, 0), high))
    whole = releases[0].rounding.rows(releases[0].accepted_rows)
    if all(accepted is not None for accepted in days.values()):
        known = [accepted for accepted in days.values() if accepted is not None]
        whole = Interval(
            max(whole.low, sum(n.low for n in known)), min(whole.high, sum(n.high for n in known))
        )
    parts = [_shown(releases, week) for week in days]
    shown = sum(part for part in parts if part is not None)
    if None not in parts and len(releases) == 1:
        claims.append(Claim(name, Outsiders(), max(whole.low - shown, 0), whole.high - shown))
    return claims


def _days(release: Release) -> dict[Week, Interval | None]:
    """Accepted rows by week, from those by day; None where the rows of a day are not told."""
    first = int(release.parameters["week_starts_on"])
    found: dict[Week, Interval | None] = {}
    for day, value in release.quality["accepted_rows"].items():
        if pd.isna(day):
            # rows of days that are not told: of any week
            return {} if pd.isna(value) or value else found
        date = pd.Timestamp(day).date()
        week = date - datetime.timedelta((date.isoweekday() - first) % 7)
        known = None if pd.isna(value) else release.rounding.rows(float(value))
        before = found.get(week, Interval(0, 0))
        found[week] = (
            None
            if known is None or before is None
            else Interval(before.low + known.low, before.high + known.high)
        )
    return found


def _shown(releases: list[Release], week: Week) -> float | None:
    """Events of all antennas in a week; None where one of them is not told."""
    shown = 0.0
    for one in releases:
        weekly = one.weekly[one.weekly.index.isin(one.antennas, level="antenna_id")]
        values = weekly[weekly.index.get_level_values("week") == week][list(COUNTED)]
        if values.isna().to_numpy().any():
            return None
        shown += float(values.to_numpy().sum())
    return shown
