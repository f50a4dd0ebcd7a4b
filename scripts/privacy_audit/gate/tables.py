"""The restricted tables that a run leaves behind, as the attacks on the gate read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from scripts.privacy_audit.gate.measures import COUNTS, INDICATORS, MEASURES
from scripts.privacy_audit.gate.rounding import rounded


@dataclass
class Tables:
    """What a run leaves behind, restricted tables included."""

    homes: pd.Series  # antenna of each user
    parts: pd.DataFrame  # per user: a column for each window (or week) and measure
    indicators: pd.DataFrame  # per user: bandicoot's indicators
    # per antenna and feature: value, users, largest_share, decision; and is_rest, whether it is
    # withheld because of what subtraction leaves
    decisions: pd.DataFrame
    pairs: pd.DataFrame  # per pair of antennas and count: value, users, decision
    links: pd.DataFrame  # per user and correspondent: their antennas and counts

    @cached_property
    def rests(self) -> dict[str, list[str]]:
        """By antenna the features that are withheld because of what subtraction leaves."""
        rests = self.decisions[self.decisions["is_rest"]]
        return rests.groupby("antenna_id")["feature"].agg(list).to_dict()

    def all(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Of decisions and pairs all that have a value."""
        return self.decisions.dropna(subset="value"), self.pairs

    def released(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Of decisions and pairs what is released, values rounded."""
        decisions = self.decisions[
            (self.decisions["decision"] == "released") & ~self.decisions["is_rest"]
        ]
        values = rounded(decisions.set_index("feature")["value"].astype(float))
        pairs = self.pairs[self.pairs["decision"] == "released"]
        return decisions.assign(value=values.to_numpy()), pairs


def read_tables(rows: Callable[[str], pd.DataFrame]) -> Tables:
    """The tables of the last run, by a function that gives the rows of a query."""
    homes = rows("select * from user_home_antenna").set_index("user_id")["antenna_id"]
    windows = rows("select *, coalesce(string(week), window) as span from user_metrics_window")
    parts = windows.pivot(index="user_id", columns="span", values=[*MEASURES, "calls", "sms"])
    bandicoot = rows("select user_id, number_of_records, indicators from user_bandicoot")
    values = np.column_stack([bandicoot["number_of_records"], np.stack(bandicoot["indicators"])])
    indicators = pd.DataFrame(values.astype(float), index=bandicoot["user_id"], columns=INDICATORS)
    pairs = rows(
        "select antenna_id1, antenna_id2, stack(3, "
        + ", ".join(f"'{c}', double({c}), {c}_users, {c}_decision" for c in COUNTS)
        + ") as (count, value, users, decision) from interaction_decisions inner join "
        "(select antenna_id1, antenna_id2, call_count_users, sms_count_users, vol_sum_users "
        "from antenna_interactions) using (antenna_id1, antenna_id2)"
    )
    return Tables(
        homes,
        parts.swaplevel(axis=1).reindex(homes.index).astype(float),
        indicators.reindex(homes.index),
        rows(
            "select decisions.*, rests.feature is not null as is_rest from feature_decisions as decisions"
            " left join feature_rests as rests on decisions.antenna_id = rests.antenna_id"
            " and decisions.feature = rests.feature where decisions.feature != 'dist2c'"
        ),
        pairs.dropna(subset="value"),
        rows("select * from user_interactions"),
    )
