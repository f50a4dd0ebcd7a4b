"""The words of the page: what measures, features and their groups are called."""

from __future__ import annotations

from dbt_gnuper import features as registry
from python_udfs.bandicoot_columns import RECORDS

REGISTRY = {feature.name: feature for feature in registry.features()}
REASONS = {
    "malformed_row": "not the expected columns",
    "exact_duplicate": "repeats another row",
    "missing_id": "no caller or correspondent",
    "bad_timestamp": "unreadable time",
    "outside_period": "outside the period",
    "unknown_direction": "unknown direction",
    "unknown_interaction": "neither call nor text",
    "unknown_national": "unknown national code",
    "bad_duration": "impossible duration",
    "unknown_cell": "cell without a location",
}
GATED_TABLES = {
    "final_interactions": "Counts of pairs of antennas",
    "final_hourly_profile": "Hourly profiles",
    "final_weekly_profile": "Weekly profiles",
}
# Of bandicoot's 723 columns, only those over all days and hours are shown: the easiest to understand.
SHOWN_INDICATOR = "__allweek__allday__"


def measure_label(measure: str) -> str:
    """`og_calls` as "Outgoing calls"."""
    return registry.MEASURES[measure].capitalize()


def feature_label(name: str) -> str:
    """A feature's name as a heading."""
    if name in REGISTRY:
        return REGISTRY[name].label
    if name == RECORDS:
        return "National events per resident"
    return name.replace(SHOWN_INDICATOR, ", ").replace("__", ", ").replace("_", " ").capitalize()


def feature_group(name: str) -> str:
    """The group of features that a feature is listed under."""
    return REGISTRY[name].group if name in REGISTRY else "Behaviour of residents (bandicoot)"
