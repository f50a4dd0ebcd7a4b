"""A release as an attacker reads it: files, parameters, and what a released number says.

Only the exported files are read. What the documentation tells is known as well: the formulas, the
rules of the gate, and that each number is exact or rounded to `release_digits` digits.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from python_udfs.bandicoot_columns import INDICATOR_NAMES

KINDS = ("calls", "sms", "vol")
MEASURES = tuple(f"{way}_{kind}" for way in ("og", "ic") for kind in KINDS)
COUNTED = tuple(m for m in MEASURES if not m.endswith("vol"))
PAIR_COUNTS = {"calls": "call_count", "sms": "sms_count"}
PAIR_FEATURES = ("_dist_mean", "_isolation", "_entropy")
INDICATORS = ("reporting__number_of_records", *INDICATOR_NAMES)
# Indicators that are a whole number per person.
WHOLE = (
    "reporting__number_of_records", "active_days", "number_of_contacts", "number_of_antennas",
    "frequent_antennas", "number_of_interactions", "number_of_interaction_in",
    "number_of_interaction_out",
)  # fmt: skip
# Relative error of a double that went through a few operations.
EXACT = 1e-11
EARTH_KM = 6371


def is_whole(indicator: str) -> bool:
    """Whether a person's value of an indicator is a whole number."""
    return indicator.startswith(WHOLE)


@dataclass(frozen=True)
class Interval:
    """All values between two numbers, both included."""

    low: float
    high: float

    def scaled(self, factor: float) -> Interval:
        """Both ends times a positive number."""
        return Interval(self.low * factor, self.high * factor)

    def whole(self) -> tuple[int, int]:
        """The first and the last whole number in it; none when the first is greater."""
        slack = 1e-7
        return math.ceil(self.low - slack), math.floor(self.high + slack)


def rounded(value: float, digits: int) -> Interval:
    """What a number that was rounded to so many significant digits can have been."""
    if value == 0:
        return Interval(0, 0)
    exponent = math.floor(math.log10(abs(value)) + 1e-12)
    half = 0.5 * 10.0 ** (exponent - digits + 1)
    # The numbers below a power of ten have one more decimal.
    is_power = math.isclose(abs(value), 10.0**exponent, rel_tol=1e-12)
    inner = half / 10 if is_power else half
    ends = abs(value) - inner, abs(value) + half
    return Interval(*ends) if value > 0 else Interval(-ends[1], -ends[0])


@dataclass(frozen=True)
class Release:
    """The exported tables of one release and one period of it."""

    features: pd.DataFrame  # by antenna
    interactions: pd.DataFrame
    hourly: pd.DataFrame  # by antenna and hour
    weekly: pd.DataFrame  # by antenna and week
    report: pd.DataFrame
    parameters: dict

    @cached_property
    def k(self) -> int:
        """More people than this are behind each released value."""
        return int(self.parameters["privacy_k"])

    @cached_property
    def digits(self) -> int | None:
        """Significant digits of a released number that is no count; None when all are released."""
        digits = self.parameters.get("release_digits")
        return int(digits) if digits and self.k else None

    @cached_property
    def whole_digits(self) -> int:
        """Significant digits of a mean of whole numbers."""
        return int(self.parameters.get("whole_digits", self.digits or 0))

    @cached_property
    def pair_digits(self) -> int:
        """Significant digits of a feature about pairs of antennas."""
        return int(self.parameters.get("pair_digits", self.digits or 0))

    @cached_property
    def indicator_step(self) -> float:
        """Means of whole numbers are rounded to this at least, when digits are limited at all."""
        return 10.0 ** math.ceil(math.log10(1 / (self.k + 1))) if self.digits else 0.0

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
    def listed(self) -> dict[str, dict[str, str]]:
        """Per antenna the withheld features, each with its rule."""
        return {a: listed(text) for a, text in self.features["withheld_features"].items()}

    def bounds(self, antenna: str, feature: str) -> Interval | None:
        """What the value of a feature can have been; None where none is released."""
        value = self.features.at[antenna, feature] if feature in self.features else None
        if value is None or pd.isna(value):
            return None
        return self.read(feature, float(value))

    def read(self, feature: str, value: float) -> Interval:
        """What a released value of a feature can have been."""
        if feature == "active_users":
            return Interval(value, value)
        if self.digits is None:
            slack = EXACT * abs(value)
            return Interval(value - slack, value + slack)
        if feature in INDICATORS and is_whole(feature):
            found = rounded(value, self.whole_digits)
            half = self.indicator_step / 2
            found = Interval(min(found.low, value - half), max(found.high, value + half))
            return Interval(max(found.low, 0), found.high)
        is_pairs = feature.endswith(PAIR_FEATURES) and feature not in INDICATORS
        return rounded(value, self.pair_digits if is_pairs else self.digits)

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
    tables = {
        name: pd.read_parquet(Path(folder) / f"{name}.parquet")
        for name in (
            "final_features", "final_interactions", "final_hourly_profile",
            "final_weekly_profile", "release_report", "release_run",
        )
    }  # fmt: skip
    parameters = json.loads(tables["release_run"]["parameters"].iloc[0])

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
            report=tables["release_report"],
            parameters=parameters,
        )
        for period in periods
    }
