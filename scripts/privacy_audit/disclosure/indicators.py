"""How many people have an indicator: what a mean over them says by itself.

Indicators of a part of the week, a part of the day and a kind of event are means over the same
people. A mean of whole numbers is a fraction with their number below the line; of all numbers of
people that the gate allows, those stay that make every one of the means a fraction.
"""

from __future__ import annotations

from dataclasses import dataclass

from python_udfs.bandicoot_columns import describe
from scripts.privacy_audit.disclosure.quantities import Claim, Group, Indicator, Without
from scripts.privacy_audit.disclosure.release import Release
from scripts.privacy_audit.disclosure.rounding import INDICATORS, RECORDS, Interval


def group_of(indicator: str) -> Group | None:
    """Over which people the mean of an indicator is taken, where each has one whole number."""
    if indicator == RECORDS:
        return ("allweek", "allday", "callandtext")
    about = describe(indicator)
    week, day = about.part_of_week, about.part_of_day
    if not about.is_whole or about.statistic or week is None or day is None:
        return None
    return (week, day, about.interaction or "callandtext")


@dataclass(frozen=True)
class People:
    """Least and greatest number of people in a group that agree with everything released."""

    least: int
    most: int


def people(release: Release, antenna: str) -> dict[Group, People]:
    """The numbers of people of each group at an antenna, from the means alone."""
    residents = release.residents(antenna)
    means: dict[Group, list[Interval]] = {}
    for indicator in INDICATORS:
        group = group_of(indicator)
        if indicator not in release.features or group is None:
            continue
        bounds = release.bounds(antenna, indicator)
        means.setdefault(group, []).extend([] if bounds is None else [bounds])
    found = {}
    for group, intervals in means.items():
        possible = [
            number
            for number in range(release.k + 1 if intervals else 0, residents + 1)
            if all(_has_whole(bounds.scaled(number)) for bounds in intervals)
        ]
        found[group] = People(possible[0], possible[-1]) if possible else People(0, residents)
    return found


def _has_whole(bounds: Interval) -> bool:
    first, last = bounds.whole()
    return first <= last


def complements(release: Release) -> list[Claim]:
    """Attack 9: residents less those of a group are the residents without such events."""
    claims = []
    for antenna in release.antennas:
        residents = release.residents(antenna)
        claims += [
            Claim("9 complements", Without(antenna, group), residents - n.most, residents - n.least)
            for group, n in people(release, antenna).items()
        ]
    return claims


def contributors(release: Release) -> list[Claim]:
    """Attack 4: a released mean in which few people have anything is these people's value.

    The claim is about the mean itself.
    """
    claims = []
    for antenna in release.antennas:
        for indicator in INDICATORS:
            bounds = release.bounds(antenna, indicator)
            if bounds is not None:
                mean = Indicator(antenna, indicator)
                claims.append(Claim("4 contributors", mean, bounds.low, bounds.high))
    return claims
