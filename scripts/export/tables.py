"""Which tables are released, and what identifies their rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

# The tables that are exported, and the columns that identify a row, together with the period where
# var period divides the time. With var zones the columns of antennas are those of zones. (The ledger
# of releases is for the publisher, not for readers.)
KEYS = {
    "final_features": ["antenna_id"],
    "final_interactions": ["antenna_id1", "antenna_id2"],
    "final_flows": ["antenna_id1", "antenna_id2"],
    "final_hourly_profile": ["antenna_id", "hour"],
    "final_weekly_profile": ["antenna_id", "week"],
    "data_quality": ["day"],
    "release_report": ["released_table", "position"],
    "release_run": ["release_id"],
    "final_zones": ["antenna_id"],
    "final_precision": ["zone_id", "position"],
    "final_coverage": ["zone_id"],
}
# Only with var zones, and not all of them in each such release.
OF_ZONES = ("final_zones", "final_precision", "final_coverage")
# Bandicoot's 723 columns have two underscores in their names. They would make text files for maps
# of half a gigabyte.
INDICATOR = "__"


def key(name: str, columns: Collection[str]) -> list[str]:
    """The columns that identify a row of a released table and give its order."""
    own = [
        column if column in columns else column.replace("antenna", "zone") for column in KEYS[name]
    ]
    return ["period", *own] if "period" in columns else own


def unit(features: Any) -> str:
    """What the rows of final_features are about: "antenna" or "zone"."""
    names = getattr(features, "column_names", None) or list(features.columns)
    return "zone" if "zone_id" in names else "antenna"


def count_of_units(features: Any) -> str:
    """How many antennas or zones final_features has: "30 antennas"."""
    kind = unit(features)
    number = len(set(features[f"{kind}_id"].to_pylist()))
    return f"{number} {kind}{'s' if number != 1 else ''}"


def in_periods(periods: Collection[str]) -> str:
    """The end of a sentence about antennas or pairs: " in 4 periods", empty without periods."""
    return f" in {len(periods)} period{'s' if len(periods) > 1 else ''}" if periods else ""
