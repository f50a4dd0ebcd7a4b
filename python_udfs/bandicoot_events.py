"""The input of both engines: columns and order of the events, settings, and which rows are usable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

EVENT_COLUMNS = (
    "event_at",
    "direction",
    "interaction",
    "correspondent_id",
    "call_duration",
    "antenna_id",
    "latitude",
    "longitude",
)
"""Columns of the events of one user.

event_at: local time, naive; parts of a second are dropped. A timestamp with a time zone is read
    as the wall clock of that zone.
direction: 'in' or 'out'.
interaction: 'call' or 'text'.
correspondent_id: whole number or text.
call_duration: whole seconds; NULL for texts. A call without one is left out.
antenna_id: text or whole number; NULL (or empty) when unknown.
latitude, longitude: degrees, of the antenna; NULL when unknown.
"""

TOTAL_ORDER = (
    "event_at",
    "direction",
    "interaction",
    "antenna_id",
    "call_duration",
    "correspondent_id",
)
"""The order of a user's events, ascending, NULL first.

bandicoot sorts by time and keeps the given order of equal times. That order affects results: on ties,
a position is the first antenna, and a text may come before or after one of the same second that it
answers. Time, direction, interaction and antenna together determine every indicator. The correspondent
comes last, so the key of the pseudonyms does not affect results.
"""


@dataclass(frozen=True)
class BandicootSettings:
    """What bandicoot needs to know besides the events.

    weekend_days: ISO numbers of the days of the weekend, Monday = 1.
    night_begin, night_end: full hours 0 to 23. Where the night passes midnight, both instants
        belong to the night; where it does not (begin < end), neither does.
    missing_columns: columns that the data does not have at all. Indicators that need them do not
        exist; all others are computed as if every event had the same value there.

    bandicoot knows no holidays: a holiday counts as the day of the week that it is.
    """

    weekend_days: tuple[int, ...] = (6, 7)
    night_begin: int = 19
    night_end: int = 7
    missing_columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "weekend_days", tuple(self.weekend_days))
        for day in self.weekend_days:
            if day not in range(1, 8):
                raise ValueError(f"weekend_days has {day!r}; days are 1 (Monday) to 7 (Sunday)")
        for name in ("night_begin", "night_end"):
            if getattr(self, name) not in range(24):
                raise ValueError(f"{name} is {getattr(self, name)!r}; hours are 0 to 23")
        for name in self.missing_columns:
            if name not in OPTIONAL_COLUMNS:
                raise ValueError(f"missing_columns has {name!r}; only {OPTIONAL_COLUMNS} may be")


OPTIONAL_COLUMNS = ("correspondent_id", "call_duration")


def with_constants(events: pa.Table, columns: Iterable[str]) -> pa.Table:
    """The events with the value 0 everywhere in these columns."""
    for name in columns:
        constant = pa.array(np.zeros(events.num_rows, np.int64))
        events = events.set_column(events.schema.get_field_index(name), name, constant)
    return events


class UnsortedEventsError(ValueError):
    """The events of a user are not in order of time, or users are not in order of their id."""


def is_usable(events: pa.Table) -> pa.ChunkedArray:
    """Whether bandicoot's reader would keep an event: one with a time, a known direction and
    interaction, a correspondent, and for calls a duration. Never NULL."""
    keep = [
        pc.is_valid(events["event_at"]),
        _is_one_of(events["direction"], ("in", "out")),
        _is_one_of(events["interaction"], ("call", "text")),
        known_id(events["correspondent_id"]),
        pc.or_(pc.is_valid(events["call_duration"]), is_value(events["interaction"], "text")),
    ]
    return reduce(pc.and_, keep)


def is_value(column: pa.ChunkedArray, value: str) -> pa.ChunkedArray:
    """Whether the column has this value; never NULL."""
    return _is_one_of(column, (value,))


def known_id(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether an id is there: neither NULL nor empty; never NULL."""
    known = pc.is_valid(column)
    if pa.types.is_integer(column.type):
        return known
    return pc.and_(known, pc.invert(is_value(column, "")))


def seconds(event_at: pa.ChunkedArray) -> pa.ChunkedArray:
    """Local time in whole seconds since 1970-01-01 00:00:00, an int64 column.

    Raises TypeError when the column holds no timestamps.
    """
    if not pa.types.is_timestamp(event_at.type):
        raise TypeError("event_at is not a timestamp")
    if event_at.type.tz is not None:
        event_at = pc.local_timestamp(event_at)
    whole = event_at if event_at.type.unit == "s" else pc.floor_temporal(event_at, unit="second")
    return whole.cast(pa.timestamp("s")).cast(pa.int64())


def _is_one_of(column: pa.ChunkedArray, values: Iterable[str]) -> pa.ChunkedArray:
    return pc.is_in(column, value_set=pa.array(values, column.type))
