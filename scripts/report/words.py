"""The words of the page: what measures, features and their groups are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dbt_gnuper import features as registry
from dbt_gnuper import variables
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


# --- the run's parameters -------------------------------------------------------------------------

LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Vars that are recorded as a hash, because only the contents of their files matter
HASHED = ("layout", "zones")


def in_words(parameters: Mapping[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    """The recorded vars under their headings: name, what it is, and its value in words."""
    found = {}
    for heading, group in variables.headings().items():
        rows = [(name, *_described(name, parameters[name])) for name in group if name in parameters]
        if rows:
            found[heading.capitalize()] = rows
    return found


def _described(name: str, value: Any) -> tuple[str, str]:
    about = variables.known_vars()[name]
    meaning = LINK.sub(r"\1", about["meaning"])
    switch = re.match(r"(true|false): (.+?)\.", meaning)
    if switch:
        # what happens if it is true, or if it is false
        return switch[2].capitalize(), "yes" if (switch[1] == "true") == value else "no"
    what = re.split(r"[:.](?: |$)", re.sub(r" \([^)]*\)", "", meaning))[0]
    missing = re.search(r"null = (.+?)\.(?: |$)", meaning)
    if value is None and missing:
        return what, missing[1]
    words = value.replace("_", " ") if "enum" in about and isinstance(value, str) else value
    return what, _value(name, words, about.get("unit", ""))


def _value(name: str, value: Any, unit: str) -> str:
    """A var's value, as one would say it."""
    if name in HASHED and value is not None:
        return f"with the fingerprint {value}"
    if name == "cap_coords":
        latitude, longitude = value
        north, east = "north" if latitude >= 0 else "south", "east" if longitude >= 0 else "west"
        return f"{abs(latitude)}° {north}, {abs(longitude)}° {east}"
    if name in ("weekend_days", "week_starts_on"):
        days = value if isinstance(value, list) else [value]
        return ", ".join(WEEKDAYS[day - 1] for day in days) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if unit.startswith("hour of the day"):
        return f"{value:02}:00 to {value:02}:59"
    if unit.startswith("share"):
        return f"{100 * value:g} %"
    if isinstance(value, (int, float)):
        return f"{value:,} {unit.removesuffix('s') if value == 1 else unit}".strip()
    return "none" if value is None else str(value)
