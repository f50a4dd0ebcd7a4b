"""Which tables are released, and what identifies their rows."""

from __future__ import annotations

from collections.abc import Collection

# The tables that are exported, and the columns that identify a row, together with the period where
# var period divides the time. (The ledger of releases is for the publisher, not for readers.)
KEYS = {
    "final_features": ["antenna_id"],
    "final_interactions": ["antenna_id1", "antenna_id2"],
    "final_flows": ["antenna_id1", "antenna_id2"],
    "final_hourly_profile": ["antenna_id", "hour"],
    "final_weekly_profile": ["antenna_id", "week"],
    "data_quality": ["day"],
    "release_report": ["released_table", "position"],
    "release_run": ["release_id"],
}
# Bandicoot's 723 columns have two underscores in their names. They would make text files for maps
# of half a gigabyte.
INDICATOR = "__"


def key(name: str, columns: Collection[str]) -> list[str]:
    """The columns that identify a row of a released table and give its order."""
    return ["period", *KEYS[name]] if "period" in columns else KEYS[name]


def in_periods(periods: Collection[str]) -> str:
    """The end of a sentence about antennas or pairs: " in 4 periods", empty without periods."""
    return f" in {len(periods)} period{'s' if len(periods) > 1 else ''}" if periods else ""
