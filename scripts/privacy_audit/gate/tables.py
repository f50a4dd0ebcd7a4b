"""The restricted tables that a run leaves behind, as the attacks on the gate read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scripts.privacy_audit.gate.measures import COUNTS, INDICATORS, MEASURES


@dataclass
class Tables:
    """What a run leaves behind, restricted tables included."""

    homes: pd.Series  # antenna of each user
    parts: pd.DataFrame  # per user: a column for each window (or week) and measure
    indicators: pd.DataFrame  # per user: bandicoot's indicators
    decisions: pd.DataFrame  # per antenna and feature: value, users, largest_share, decision
    pairs: pd.DataFrame  # per pair of antennas and count: value, users, decision
    links: pd.DataFrame  # per user and correspondent: their antennas and counts


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
        rows("select * from feature_decisions where feature != 'dist2c'"),
        pairs.dropna(subset="value"),
        rows("select * from user_interactions"),
    )
