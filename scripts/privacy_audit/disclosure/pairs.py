"""Attack 1: counts of pairs of antennas from the features about them.

With all digits, the entropies give the numbers of interactions of each antenna (`partners`), and
these with the mean distances a knapsack (`knapsack`). With few digits, linear programming bounds
each count instead, over all antennas together: both ends of a pair have the same count.
"""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np

from scripts.privacy_audit.disclosure.knapsack import solved
from scripts.privacy_audit.disclosure.linear import NOWHERE, System
from scripts.privacy_audit.disclosure.partners import Kind, read_kind, scan
from scripts.privacy_audit.disclosure.quantities import Claim, PairCount
from scripts.privacy_audit.disclosure.release import PAIR_COUNTS, Release
from scripts.privacy_audit.disclosure.rounding import Interval

NAME = "1 pairs"
# n log n lies above its tangents at these n
TANGENTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 512, 2048)
MOST_INTERACTIONS = 200_000.0  # of one antenna; the chord of n log n ends here


def attack(release: Release) -> list[Claim]:
    """Claims about the withheld counts of pairs."""
    claims = []
    for name in PAIR_COUNTS:
        kind = read_kind(release, name)
        if not len(kind.rows):
            continue
        numbers = scan(kind)
        if numbers is None:
            claims += bounded(release, kind)
        else:
            counts = solved(release, kind, numbers)
            claims += [Claim(NAME, PairCount(*pair, name), n, n) for pair, n in counts.items()]
    return claims


def bounded(release: Release, kind: Kind) -> list[Claim]:
    """Bounds on each withheld count."""
    system = _system(release, kind)
    ends_of = system.ends()
    claims = []
    for a, b in combinations_with_replacement(kind.homes, 2):
        if (a, b) in kind.counts or not {a, b} & set(kind.rows.index):
            continue
        ends = ends_of({_count(system, a, b): 1.0}) or NOWHERE
        claims += [
            Claim(NAME, PairCount(*pair, kind.name), ends.low, ends.high)
            for pair in {(a, b), (b, a)}
        ]
    return claims


def _count(system: System, a: str, b: str, name: str = "n") -> int:
    """The count n of a pair, or its n log n, as an unknown; the same for both directions."""
    return system.unknown((name, min(a, b), max(a, b)))


def _system(release: Release, kind: Kind) -> System:
    """Everything that is released about the counts."""
    system = System()
    for a, b in combinations_with_replacement(kind.homes, 2):
        count, spread = _count(system, a, b), _count(system, a, b, "n log n")
        n = kind.counts.get((a, b))
        if n is None:
            for t in TANGENTS:
                slope = np.log2(t) + 1 / np.log(2)
                system.at_most({count: slope, spread: -1.0}, t * slope - t * np.log2(t))
            continue
        system.least[count] = system.most[count] = n
        system.least[spread] = system.most[spread] = n * np.log2(n) if n > 0 else 0.0
    for antenna, row in kind.rows.iterrows():
        counts = [_count(system, str(antenna), b) for b in kind.homes]
        if row["fewest"] == len(kind.homes):
            for place in counts:
                system.least[place] = max(system.least[place], 1)
        km = release.distances.loc[antenna, kind.homes]
        for end, sign in (("low", -1), ("high", 1)):
            parts = sign * (km - row[f"dist_mean_{end}"])
            system.at_most(dict(zip(counts, parts, strict=True)), 1e-6)
        with_capital = {_count(system, str(antenna), b): 1.0 for b in release.capital}
        share = Interval(row["capital_share_low"], row["capital_share_high"])
        system.times(with_capital, share, dict.fromkeys(counts, 1.0))
        _spread(system, kind, str(antenna), counts)
    return system


def _spread(system: System, kind: Kind, antenna: str, counts: list[int]) -> None:
    """The sum of n log n of an antenna is at most what own_entropy says.

    That is N (log N - own_entropy), which grows with N; a chord above it is linear.
    """
    row = kind.rows.loc[antenna]
    constant = row["own_entropy_low"]
    first, last = max(row["known"], 2.0), MOST_INTERACTIONS
    low, high = (n * (np.log2(n) - constant) for n in (first, last))
    slope = (high - low) / (last - first)
    spreads = {_count(system, antenna, b, "n log n"): 1.0 for b in kind.homes}
    system.at_most({**spreads, **dict.fromkeys(counts, -slope)}, low - slope * first + 1e-6)
