"""All attacks on a release, and how many protected quantities they determine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from scripts.privacy_audit.disclosure import (
    companions,
    indicators,
    metadata,
    neighbours,
    pairs,
    sums,
    variances,
)
from scripts.privacy_audit.disclosure.quantities import Claim, Quantity, Without
from scripts.privacy_audit.disclosure.release import Release, read_release
from scripts.privacy_audit.disclosure.scores import is_determined, joined, score
from scripts.privacy_audit.disclosure.tables import read_truths

INSIDER = "10 insider"
# Attacks that find something, and why that is so.
CONCESSIONS = {
    INSIDER: "who knows how many people are behind each mean knows more than the release says",
    neighbours.NAME: "two releases of nearly the same data can be subtracted; "
    "overlapping_release: stop refuses the second one",
}


def claims(
    release: Release, each: bool = False, wanted: Callable[[Quantity], bool] = lambda _: True
) -> list[Claim]:
    """What all attacks on one period claim.

    Of the attacks on sums, the last one has all views of the release, and with `each` those with
    some of them are made too, which tell where something follows from.
    """
    found = pairs.attack(release) + variances.attack(release) + companions.attack(release)
    found += indicators.contributors(release) + indicators.complements(release)
    for name in sums.ATTACKS if each else [sums.EVERYTHING]:
        found += sums.attack(release, name, wanted)
    return found


def claims_about_all(releases: dict[str, Release]) -> list[Claim]:
    """What follows from counts over everybody, all periods together."""
    return metadata.partners(releases) + metadata.rows(releases)


def audit(folder: Path, truth: Path, *, each: bool = False, insider: bool = False) -> pd.DataFrame:
    """The scores of all claims about protected quantities, of all periods.

    An insider also knows how many people are behind each of bandicoot's means.
    """
    releases = read_release(folder)
    parameters = next(iter(releases.values())).parameters
    truths = read_truths(truth, parameters)
    k, max_share = parameters["privacy_k"], parameters["privacy_max_share"]
    scores = [score(claims_about_all(releases), truths.about_all(releases), k, max_share)]
    for period, known in truths.periods.items():

        def wanted(quantity: Quantity, about: Callable = known.about) -> bool:
            return about(quantity).is_protected(k, max_share)

        found = claims(releases[period], each, wanted)
        if insider:
            told = sums.attack(releases[period], sums.EVERYTHING, wanted, known.people)
            found += [
                replace(claim, attack=INSIDER)
                for claim in told
                if not isinstance(claim.quantity, Without)  # which the insider was told
            ]
        scores.append(score(found, known.about, k, max_share))
    return joined(scores)


def audit_neighbours(
    folder: Path, truth: Path, other: Path, other_truth: Path
) -> tuple[pd.DataFrame, int, int]:
    """The scores of the differences of two releases; features that both show, and that differ."""
    one, two = read_release(folder), read_release(other)
    parameters = next(iter(one.values())).parameters
    truths, others = read_truths(truth, parameters), read_truths(other_truth, parameters)
    k, max_share = parameters["privacy_k"], parameters["privacy_max_share"]
    scores, shown, differ = [], 0, 0
    for period in one.keys() & two.keys():
        found = neighbours.differences(one[period], two[period])
        about = neighbours.about(truths.periods[period], others.periods[period])
        scores.append(score(found, about, k, max_share))
        counts = neighbours.features_that_differ(one[period], two[period])
        shown, differ = shown + counts[0], differ + counts[1]
    return joined(scores), shown, differ


def failures(scores: pd.DataFrame) -> pd.DataFrame:
    """What was determined and is no concession; and wrong claims, for then the attacks are broken."""
    found = scores[is_determined(scores) | scores["wrong"].astype(bool)]
    return found[~found["attack"].isin(list(CONCESSIONS))]
