"""The reference engine: the package bandicoot itself, fed from Arrow instead of CSV files."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeGuard

import numpy as np
import pyarrow as pa

from python_udfs.bandicoot_columns import INDICATOR_NAMES
from python_udfs.bandicoot_compat import import_bandicoot
from python_udfs.bandicoot_events import BandicootSettings, UnsortedEventsError, is_usable, seconds

_EPOCH = datetime.datetime(1970, 1, 1)


@dataclass(frozen=True)
class UserIndicators:
    """What bandicoot says about one user.

    number_of_records: events that could be used.
    indicators: 722 values in the order of INDICATOR_NAMES; None where bandicoot has none.
    """

    number_of_records: int
    indicators: list[float | None]


def compute_user(events: pa.Table | pa.RecordBatch, settings: BandicootSettings) -> UserIndicators:
    """The indicators of one user.

    events: the user's events with the columns EVENT_COLUMNS (others are ignored), in TOTAL_ORDER.
    Raises UnsortedEventsError when they are not in order of time.
    """
    if isinstance(events, pa.RecordBatch):
        events = pa.Table.from_batches([events])
    user = _build_user(events.filter(is_usable(events)), settings)
    bandicoot = _quick_bandicoot()
    values = bandicoot.utils.all(
        user,
        groupby=None,
        split_week=True,
        split_day=True,
        summary="extended",
        flatten=True,
    )
    return UserIndicators(
        number_of_records=values["reporting__number_of_records"],
        indicators=[None if values[n] is None else float(values[n]) for n in INDICATOR_NAMES],
    )


@lru_cache(maxsize=1)
def _quick_bandicoot() -> Any:
    """bandicoot, which reads and hashes its own source once instead of once per user."""
    bandicoot = import_bandicoot()
    signature = bandicoot.helper.tools.bandicoot_code_signature()
    bandicoot.helper.tools.bandicoot_code_signature = lambda: signature
    return bandicoot


def _build_user(events: pa.Table, settings: BandicootSettings) -> Any:
    """A bandicoot User with these events."""
    user = import_bandicoot().User()
    user.night_start = datetime.time(settings.night_begin)
    user.night_end = datetime.time(settings.night_end)
    user.weekend = list(settings.weekend_days)
    # Setting the records computes the home too, so that the night has to be known before.
    user.records = _build_records(events)
    return user


def _build_records(events: pa.Table) -> list[Any]:
    """bandicoot Records. An antenna has one place, the first known one."""
    bandicoot = import_bandicoot()
    times = [
        _EPOCH + datetime.timedelta(seconds=s) for s in seconds(events["event_at"]).to_pylist()
    ]
    if any(later < earlier for earlier, later in pairwise(times)):
        raise UnsortedEventsError("the events of a user are not in order of time")
    antennas = [str(a) if a is not None else None for a in events["antenna_id"].to_pylist()]
    places = _places(antennas, events["latitude"].to_pylist(), events["longitude"].to_pylist())
    return [
        bandicoot.Record(
            interaction=interaction,
            direction=direction,
            correspondent_id=correspondent,
            datetime=time,
            call_duration=duration,
            position=bandicoot.Position(antenna=antenna, location=places.get(antenna)),
        )
        for interaction, direction, correspondent, time, duration, antenna in zip(
            events["interaction"].to_pylist(),
            events["direction"].to_pylist(),
            events["correspondent_id"].to_pylist(),
            times,
            events["call_duration"].to_pylist(),
            antennas,
            strict=True,
        )
    ]


def _places(
    antennas: list[str | None], latitudes: list[float | None], longitudes: list[float | None]
) -> dict[str, tuple[float, float]]:
    """Latitude and longitude by antenna; antennas without known coordinates are missing."""
    places: dict[str, tuple[float, float]] = {}
    for antenna, latitude, longitude in zip(antennas, latitudes, longitudes, strict=True):
        if antenna and antenna not in places and _known(latitude) and _known(longitude):
            places[antenna] = (latitude, longitude)
    return places


def _known(degrees: float | None) -> TypeGuard[float]:
    return degrees is not None and not math.isnan(degrees)


def compute_users(
    events: pa.Table, starts: np.ndarray, settings: BandicootSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Number of records and indicators (NaN for None) of several users.

    User i has the rows from starts[i] to starts[i + 1] of the events.
    """
    users = [
        compute_user(events.slice(first, end - first), settings) for first, end in pairwise(starts)
    ]
    return (
        np.array([user.number_of_records for user in users]),
        np.array([user.indicators for user in users], dtype=np.float64),
    )
