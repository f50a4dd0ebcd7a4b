"""Attack 15: a release by antenna and one by zone of the same delivery, subtracted.

A zone less its released antennas is what was withheld at the others. Where this is one antenna, its
value follows.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

COUNTS = {
    "og_calls": ("out", "call"),
    "og_sms": ("out", "text"),
    "ic_calls": ("in", "call"),
    "ic_sms": ("in", "text"),
}


def left_over(antennas: Path, zones: Path, truth: Path, privacy_k: int) -> dict[str, int]:
    """What the two releases tell of hours of single antennas, judged by the restricted tables."""
    zone_of = pd.read_parquet(zones / "final_zones.parquet").set_index("antenna_id")["zone_id"]
    one = pd.read_parquet(antennas / "final_hourly_profile.parquet")
    one["zone_id"] = one["antenna_id"].map(zone_of)
    other = pd.read_parquet(zones / "final_hourly_profile.parquet").set_index(["zone_id", "hour"])
    people = _people(truth)
    found = {"hours of an antenna that follow": 0, "... of few people": 0, "... of one": 0}
    wrong = 0
    for measure in COUNTS:
        cells = one.assign(
            is_withheld=one["withheld_values"].str.contains(f"{measure}=", regex=False)
        )
        by_zone = cells.groupby(["zone_id", "hour"])
        rest = other[measure] - by_zone[measure].sum()
        alone = by_zone["is_withheld"].sum() == 1
        for zone, hour in rest.index[alone.reindex(rest.index, fill_value=False) & rest.notna()]:
            group = by_zone.get_group((zone, hour))
            antenna = group["antenna_id"][group["is_withheld"]].item()
            events, users = people.get((antenna, hour, measure), (0, 0))
            wrong += events != rest[zone, hour]
            found["hours of an antenna that follow"] += 1
            found["... of few people"] += 0 < users <= privacy_k
            found["... of one"] += users == 1
    return {**found, "wrong": wrong}


def _people(truth: Path) -> dict[tuple[str, int, str], tuple[int, int]]:
    """Events and users by antenna, hour and measure."""
    homes = pd.read_parquet(truth / "homes.parquet")
    events = pd.read_parquet(truth / "events.parquet").merge(homes, on="user_id")
    names = {kind: measure for measure, kind in COUNTS.items()}
    kinds = zip(events["direction"], events["interaction"], strict=True)
    events["measure"] = [names[kind] for kind in kinds]
    groups = events.groupby(["antenna_id", "hour", "measure"])["user_id"]
    return {key: (len(users), users.nunique()) for key, users in groups}
