"""A release as an attacker reads it: the exported files and the parameters.

Only the exported files are read. What the documentation says is known as well: the formulas, the
rules of the gate and of rounding.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.privacy_audit.disclosure.rounding import INDICATORS, Interval, Rounding

KINDS = ("calls", "sms", "vol")
MEASURES = tuple(f"{way}_{kind}" for way in ("og", "ic") for kind in KINDS)
COUNTED = tuple(m for m in MEASURES if not m.endswith("vol"))
PAIR_COUNTS = {"calls": "call_count", "sms": "sms_count"}
TABLES = (
    "final_features", "final_interactions", "final_hourly_profile", "final_weekly_profile",
    "release_report", "release_run", "data_quality",
)  # fmt: skip
EARTH_KM = 6371
ANY_INDICATOR = INDICATORS[1]


@dataclass(frozen=True)
class Release:
    """The exported tables of one release and one period of it."""

    features: pd.DataFrame  # by antenna
    interactions: pd.DataFrame
    hourly: pd.DataFrame  # by antenna and hour
    weekly: pd.DataFrame  # by antenna and week
    report: pd.DataFrame  # of all periods together
    quality: pd.DataFrame  # by day, of all periods together
    accepted_rows: float  # of all periods together
    parameters: dict[str, Any]

    @cached_property
    def k(self) -> int:
        """More people than this are behind each released value."""
        return int(self.parameters["privacy_k"])

    @cached_property
    def rounding(self) -> Rounding:
        """How numbers were rounded; a release of the former kind does not say, and is exact."""
        digits = self.parameters.get("release_digits")
        return Rounding(int(digits) if digits and self.k else None, self.k)

    @cached_property
    def is_former(self) -> bool:
        """Whether it was made before sums of hidden parts were withheld too."""
        return "release_digits" not in self.parameters

    @cached_property
    def antennas(self) -> list[str]:
        """Antennas about which something is released."""
        return list(self.features.index[self.features["active_users"].notna()])

    @cached_property
    def homes(self) -> list[str]:
        """Antennas where somebody lives: they have values, or withheld ones."""
        shown = self.features["active_users"].notna() | (self.features["withheld_features"] != "")
        return list(self.features.index[shown])

    @cached_property
    def capital(self) -> list[str]:
        """The antennas of the capital where somebody lives."""
        given = self.parameters.get("capital") or []
        return [a for a in self.homes if a in ([given] if isinstance(given, str) else given)]

    def partners(self, antenna: str, kind: str) -> Interval | None:
        """How many antennas the residents of one interact with: a share of the homes, and a number."""
        share = self.bounds(antenna, f"{kind}_isolation")
        if share is None:
            return None
        fewest, most = share.scaled(len(self.homes)).whole()
        return Interval(fewest, most).overlap(self.bounds(antenna, f"{kind}_partners"))

    @cached_property
    def has_indicators(self) -> bool:
        """Whether bandicoot's indicators are in it."""
        return ANY_INDICATOR in self.features

    def residents(self, antenna: str) -> int:
        """How many people live at an antenna."""
        return int(self.features.at[antenna, "active_users"])

    def bounds(self, antenna: str, feature: str) -> Interval | None:
        """What the value of a feature can have been; None where none is released."""
        value = self.features.at[antenna, feature] if feature in self.features else None
        return (
            None if value is None or pd.isna(value) else self.rounding.read(feature, float(value))
        )

    def total(self, antenna: str, measure: str) -> float | None:
        """The sum of a measure at an antenna, where one of the profiles shows all of it."""
        for profile in (self.weekly, self.hourly):
            values = profile[measure].loc[antenna]
            rules = [listed(text) for text in profile["withheld_values"].loc[antenna]]
            if not any(measure in rule for rule in rules):
                return float(values.sum())
        return None

    @cached_property
    def distances(self) -> pd.DataFrame:
        """Kilometres between antennas, from their coordinates."""
        places = self.features[["latitude", "longitude"]].to_numpy(float)
        rows = np.radians(places)
        dlat = rows[:, None, 0] - rows[None, :, 0]
        dlon = rows[:, None, 1] - rows[None, :, 1]
        lat = np.cos(rows[:, 0])
        part = np.sin(dlat / 2) ** 2 + lat[:, None] * lat[None, :] * np.sin(dlon / 2) ** 2
        km = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1, part)))
        return pd.DataFrame(km, self.features.index, self.features.index)


def listed(text: str | None) -> dict[str, str]:
    """What withheld_features or withheld_values says: name and rule."""
    return dict(entry.split("=") for entry in text.split("; ")) if text else {}


def read_release(folder: Path) -> dict[str, Release]:
    """The release in a folder of exported files, by period ('all' where time is not divided)."""
    tables = {name: pd.read_parquet(Path(folder) / f"{name}.parquet") for name in TABLES}
    run = tables["release_run"].iloc[0]

    def of(name: str, period: str) -> pd.DataFrame:
        table = tables[name]
        return table[table["period"] == period] if "period" in table else table

    features = tables["final_features"]
    periods = sorted(features["period"].unique()) if "period" in features else ["all"]
    return {
        period: Release(
            features=of("final_features", period).set_index("antenna_id"),
            interactions=of("final_interactions", period),
            hourly=of("final_hourly_profile", period).set_index(["antenna_id", "hour"]),
            weekly=of("final_weekly_profile", period).set_index(["antenna_id", "week"]),
            report=tables["release_report"].set_index(["released_table", "feature"]),
            quality=tables["data_quality"].set_index("day"),
            accepted_rows=float(run["accepted_rows"]),
            parameters=json.loads(run["parameters"]),
        )
        for period in periods
    }
