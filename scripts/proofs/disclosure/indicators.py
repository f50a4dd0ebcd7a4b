"""How many people have an indicator: what a mean over them says by itself.

Indicators of a part of the week, a part of the day and a kind of event are means over the same
people. A mean of whole numbers is a fraction with their number below the line; of all numbers of
people that the gate allows, those stay that make every one of the means a fraction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scripts.proofs.disclosure.quantities import Claim, Indicator, Without
from scripts.proofs.disclosure.release import INDICATORS, Release, is_whole

Group = tuple[str, str, str]  # part of the week, part of the day, kind of event


def group_of(indicator: str) -> Group | None:
    """Over which people the mean of an indicator of whole numbers is taken."""
    if indicator == INDICATORS[0]:
        return ("allweek", "allday", "callandtext")
    parts = indicator.split("__")
    if not is_whole(indicator) or len(parts) not in (3, 4):
        return None
    return (parts[1], parts[2], parts[3] if len(parts) == 4 else "callandtext")


@dataclass(frozen=True)
class People:
    """Least and greatest number of people in a group that agree with everything released."""

    least: int
    most: int
    is_shown: bool  # whether a mean over them is released


def people(release: Release, antenna: str) -> dict[Group, People]:
    """The numbers of people of each group at an antenna, from the means alone."""
    residents = int(release.features.at[antenna, "active_users"])
    means: dict[Group, list] = {}
    shown: set[Group] = set()
    for indicator in INDICATORS:
        if indicator not in release.features:
            continue
        group = group_of(indicator)
        bounds = release.bounds(antenna, indicator)
        if group is not None:
            means.setdefault(group, [])
            if bounds is not None:
                means[group].append(bounds)
                shown.add(group)
    found = {}
    for group, intervals in means.items():
        least = release.k + 1 if group in shown else 0
        possible = [
            number
            for number in range(least, residents + 1)
            if all(has_whole(b.low * number, b.high * number) for b in intervals)
        ]
        ends = (possible[0], possible[-1]) if possible else (least, residents)
        found[group] = People(*ends, group in shown)
    return found


def has_whole(low: float, high: float) -> bool:
    """Whether a whole number lies between two numbers."""
    slack = 1e-9 * max(1.0, abs(high))
    return math.floor(high + slack) >= math.ceil(low - slack)


def complements(release: Release) -> list[Claim]:
    """Attack 9: residents less those of a group are the residents without such events."""
    claims = []
    for antenna in release.antennas:
        residents = int(release.features.at[antenna, "active_users"])
        claims += [
            Claim("9 complements", Without(antenna, group), residents - n.most, residents - n.least)
            for group, n in people(release, antenna).items()
        ]
    return claims


def contributors(release: Release) -> list[Claim]:
    """Attack 4: a released mean in which few people have anything is these people's value.

    The claim is about the mean itself.
    """
    found = {}
    for antenna in release.antennas:
        for indicator in INDICATORS:
            bounds = release.bounds(antenna, indicator)
            if bounds is not None:
                found[antenna, indicator] = bounds
    return [
        Claim("4 contributors", Indicator(*place), bounds.low, bounds.high)
        for place, bounds in found.items()
    ]
