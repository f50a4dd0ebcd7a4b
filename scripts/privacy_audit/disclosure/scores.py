"""How many protected quantities an attack determined."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from scripts.privacy_audit.disclosure.quantities import Claim, Indicator, Quantity
from scripts.privacy_audit.disclosure.truth import Fact

NEAR = 0.05  # an interval narrower than this share of the true value tells the value
COLUMNS = ["attack", "quantity", "value", "low", "high", "users", "exact", "whole", "near", "wrong"]


def score(
    claims: Iterable[Claim], about: Callable[[Quantity], Fact], k: int, max_share: float
) -> pd.DataFrame:
    """One row per claim about a protected quantity, and how far the claim determines it.

    Determined is what can have one value only (exact), one whole number only (whole), or values
    closer together than 5 % of the true one (near). A claim without the truth in it is wrong.
    """
    rows = []
    for claim in claims:
        known = about(claim.quantity)
        if not known.is_protected(k, max_share):
            continue
        slack = 1e-6 * max(1, abs(known.value))
        width = claim.high - claim.low
        first, last = np.ceil(claim.low - 1e-7), np.floor(claim.high + 1e-7)
        rows.append(
            {
                "attack": claim.attack,
                "quantity": claim.quantity,
                "value": known.value,
                "low": claim.low,
                "high": claim.high,
                "users": known.users,
                "exact": width <= slack,
                "whole": not isinstance(claim.quantity, Indicator) and first == last,
                "near": width < NEAR * abs(known.value),
                "wrong": not claim.low - slack <= known.value <= claim.high + slack,
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """All scores in one table."""
    return pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)


def is_determined(scores: pd.DataFrame) -> pd.Series:
    """Which quantities were determined."""
    return scores[["exact", "whole", "near"]].astype(bool).any(axis=1)


def summary(scores: pd.DataFrame) -> pd.DataFrame:
    """Per attack, how many protected quantities there are and how many were determined."""
    found = is_determined(scores)
    counted = scores.assign(
        protected=1, determined=found, one_person=found & (scores["users"] == 1)
    )
    names = ["protected", "exact", "whole", "near", "determined", "one_person", "wrong"]
    return counted.groupby("attack", sort=False)[names].sum().astype(int)
