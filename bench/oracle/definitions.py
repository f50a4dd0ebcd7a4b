"""What the oracle computes: its parameters, tables, measures and features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MEASURES = ("og_sms", "ic_sms", "og_calls", "ic_calls", "og_vol", "ic_vol")
KINDS = ("calls", "sms", "vol")
DIRECTIONS = ("og", "ic")

#: Why a row can be rejected, in the order in which the reasons are tried.
REJECT_REASONS = (
    "malformed_row",
    "missing_id",
    "bad_timestamp",
    "unknown_direction",
    "unknown_interaction",
    "unknown_national",
    "bad_duration",
    "unknown_cell",
)

#: The same measures in the order of the features: by direction, then by kind.
SUMS = tuple(f"{direction}_{kind}" for direction in DIRECTIONS for kind in KINDS)
ALLTIME = (
    *("calls_ratio", "sms_ratio", "vol_ratio", "sms2calls_ratio"),
    *(f"scaled_{m}" for m in SUMS),
)
INTERACTIONS = tuple(
    f"{x}_{name}" for name in ("dist_mean", "isolation", "entropy") for x in ("calls", "sms")
)
VARIANCE = tuple(f"{x}_ratio_var" for x in KINDS)
DAILY = tuple(f"{m}_week_ratio" for m in SUMS)
HOURLY = tuple(f"{m}_{w}_ratio" for w in ("work", "peak") for m in SUMS)
FEATURES = (*ALLTIME, "active_users", *INTERACTIONS, "dist2c", *VARIANCE, *DAILY, *HOURLY)
FINAL_COLUMNS = ("antenna_id", "longitude", "latitude", *FEATURES)

#: Each table's key: what one row stands for, and how a DataFrame is ordered.
TABLES = {
    "cells": ("cell_id", "antenna_id"),
    "antennas": ("antenna_id",),
    "events": (
        "caller_id",
        "event_time",
        "direction",
        "interaction",
        "correspondent_id",
        "antenna_id",
        "call_duration",
        "national",
    ),
    "file_counts": ("file",),
    "rejects": ("file", "reason"),
    "machines": ("user_id",),
    "user_home_antenna": ("user_id",),
    "user_metrics": ("user_id", "day", "hour"),
    "antenna_metrics_week": ("antenna_id", "week_part", "week"),
    "antenna_metrics_hourly": ("antenna_id", "hour"),
    "antenna_interactions": ("antenna_id1", "antenna_id2"),
    "alltime_features": ("antenna_id",),
    "variance_features": ("antenna_id",),
    "daily_features": ("antenna_id",),
    "hourly_features": ("antenna_id",),
    "interaction_features": ("antenna_id",),
    "active_users_features": ("antenna_id",),
    "final_features": ("antenna_id",),
}


@dataclass(frozen=True)
class OracleParams:
    """The pipeline's parameters, with its defaults."""

    cap_coords: Sequence[float] = (52.52437, 13.41053)  # latitude, longitude
    capital: Sequence[str] = ()
    noct_begin: int = 19
    noct_end: int = 7
    work_begin: int = 9
    work_end: int = 17
    ep_begin: int = 3
    ep_end: int = 5
    lp_begin: int = 10
    lp_end: int = 12
    weekend_days: Sequence[int] = (6, 7)
    holidays: Sequence[str | date] = ()
    week_starts_on: int = 1
    call_unit: str = "s"
    max_weekly_interactions: float = 1000
    timestamp_format: str | Sequence[str] = "yyyy-MM-dd HH:mm:ss"

    @property
    def timestamp_formats(self) -> tuple[str, ...]:
        """The timestamp patterns as a tuple, even if only one was given."""
        given = self.timestamp_format
        return (given,) if isinstance(given, str) else tuple(given)

    @property
    def seconds_per_unit(self) -> int:
        """How many seconds one unit of call_duration is."""
        return {"s": 1, "m": 60}[self.call_unit]
