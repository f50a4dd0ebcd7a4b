"""Attack 12: two releases of almost the same data, subtracted.

Counts of profiles and pairs are whole, and those that both releases show can be subtracted. The
rounded numbers of features cannot, where the difference is smaller than their last digit.
"""

from __future__ import annotations

from collections.abc import Callable

from scripts.privacy_audit.disclosure.quantities import SECOND, Claim, PairCount, Quantity, Sum
from scripts.privacy_audit.disclosure.release import MEASURES, PAIR_COUNTS, Release
from scripts.privacy_audit.disclosure.truth import Fact, Truth, fact

NAME = "12 two releases"


def differences(release: Release, other: Release) -> list[Claim]:
    """What changed from the other release to this one, of all that both show."""
    claims: list[Claim] = []
    night_ends = release.parameters["noct_end"]
    for table in ("hourly", "weekly"):
        one, two = getattr(release, table), getattr(other, table)
        for measure in MEASURES:
            change = (one[measure] - two[measure].reindex(one.index)).dropna()
            for (antenna, time), value in change[change != 0].items():
                if table == "weekly":
                    quantity = Sum(antenna, (measure,), weeks=(time,))
                else:
                    slots = (time, SECOND) if time == night_ends else (time,)
                    quantity = Sum(antenna, (measure,), slots=slots)
                claims.append(Claim(NAME, quantity, value, value))
    keys = ["antenna_id1", "antenna_id2"]
    first, second = (r.interactions.set_index(keys) for r in (release, other))
    for kind, count in PAIR_COUNTS.items():
        change = (first[count] - second[count].reindex(first.index)).dropna()
        for (antenna1, antenna2), value in change[change != 0].items():
            claims.append(Claim(NAME, PairCount(antenna1, antenna2, kind), value, value))
    return claims


def features_that_differ(release: Release, other: Release) -> tuple[int, int]:
    """How many features both releases show, and how many of them differ."""
    one, two = (r.features.drop(columns="withheld_features") for r in (release, other))
    one, two = one.align(two, join="inner")
    both = one.notna() & two.notna()
    return int(both.sum().sum()), int((both & (one != two)).sum().sum())


def about(truth: Truth, other: Truth) -> Callable[[Quantity], Fact]:
    """The facts about differences: a person counts if their own part differs."""

    def fact_about(quantity: Quantity) -> Fact:
        if not isinstance(quantity, Sum | PairCount):
            raise TypeError(f"{quantity} cannot be subtracted")
        ends = zip(truth.contributions(quantity), other.contributions(quantity), strict=True)
        facts = [fact(one.sub(two, fill_value=0).to_numpy(float)) for one, two in ends]
        first = facts[0]
        return Fact(first.value, min(f.users for f in facts), max(f.share for f in facts))

    return fact_about
