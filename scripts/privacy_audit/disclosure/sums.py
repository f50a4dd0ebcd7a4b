"""Attacks 2, 3, 5, 6, 7 and 10: sums of events of an antenna by linear programming.

Each is the system of one antenna with some views of the release; the last one has them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from scripts.privacy_audit.disclosure import scales
from scripts.privacy_audit.disclosure.antenna import Antenna, Equations
from scripts.privacy_audit.disclosure.daytime import halves, slots_of, windows
from scripts.privacy_audit.disclosure.indicators import People, people
from scripts.privacy_audit.disclosure.linear import NOWHERE
from scripts.privacy_audit.disclosure.quantities import SLOTS, Claim, Group, Quantity, Sum, Without
from scripts.privacy_audit.disclosure.release import COUNTED, MEASURES, Release

# Attacks, and the views of a release that each of them combines.
EVERYTHING = "10 everything"
ATTACKS = {
    "2 national": ("profiles", "indicators"),
    "3 parts of indicators": ("indicators",),
    "5 directions": ("profiles", "sms2calls"),
    "6 holidays": ("profiles", "week", "indicators"),
    "7 hours": ("profiles", "indicators", "windows"),
    EVERYTHING: ("profiles", "indicators", "sms2calls", "week", "windows", "ratios", "scales"),
}
PARTS = (None, ("workday",), ("holiday",), ("weekend",), ("workday", "holiday"))
Wanted = Callable[[Quantity], bool]
Told = Callable[[str], dict[Group, People]]


def attack(
    release: Release, name: str, wanted: Wanted = lambda _: True, told: Told | None = None
) -> list[Claim]:
    """The claims of one attack; `wanted` saves the time for what nobody asks for.

    `told` gives the people of an antenna's means, where somebody tells them to the attacker.
    """
    claims: list[Claim] = []
    totals = scales.totals(release)
    for antenna in release.antennas:
        found = people(release, antenna) | (told(antenna) if told else {})
        asked = [q for q in (*_sums(release, antenna), *_times(release, antenna)) if wanted(q)]
        numbers = [n for group in found if wanted(n := Without(antenna, group))]
        if "indicators" not in ATTACKS[name]:
            numbers = []
        if not asked and not numbers:
            continue
        equations = Equations(Antenna(release, antenna, found, totals), ATTACKS[name])
        for quantity in asked:
            ends = equations.ends(equations.terms(quantity)) or NOWHERE
            claims.append(Claim(name, quantity, ends.low, ends.high))
        residents = release.residents(antenna)
        for number in numbers:
            ends = equations.ends({equations.people(number.group): 1.0}) or NOWHERE
            claims.append(Claim(name, number, residents - ends.high, residents - ends.low))
    return claims


def _sums(release: Release, antenna: str) -> Iterator[Sum]:
    """Sums of one or both directions over parts of the week and halves of the day."""
    slots = (None, *halves(release.parameters).values())
    for measures in [(m,) for m in MEASURES] + [("og_calls", "ic_calls"), ("og_sms", "ic_sms")]:
        is_counted = measures[0] in COUNTED
        for n, parts, half in product((None, True, False) if is_counted else (None,), PARTS, slots):
            yield Sum(antenna, measures, n, parts, half)
        if is_counted:
            yield Sum(antenna, measures, week_parts=("holiday", "weekend"))


def _times(release: Release, antenna: str) -> Iterator[Sum]:
    """Sums of a measure over hours, windows of the day and weeks."""
    found = windows(release.parameters)
    hours = [slots_of(hour, hour, release.parameters) for hour in range(24)]
    off_work = tuple(slot for slot in SLOTS if slot not in found["work"])
    weeks = list(release.weekly.loc[antenna].index)
    for m in MEASURES:
        for slots in (*hours, *found.values(), off_work):
            yield Sum(antenna, (m,), slots=slots)
        for week in weeks:
            yield Sum(antenna, (m,), weeks=(week,))
