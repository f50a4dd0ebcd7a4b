"""The files that an operator delivers: the records of a day, and the cells with their places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from scripts.mockup.events import FIRST_CUSTOMER, LONGEST_CALL
from scripts.mockup.world import World

# gnuper's order. direction 1 = in, 2 = out; interaction 1 = call, 2 = text; national 1 = national,
# 2 = international; call_duration in seconds, empty for texts.
COLUMNS = (
    "direction", "caller_id", "datetime", "interaction", "cell_id", "national",
    "correspondent_id", "tac_code", "call_duration",
)  # fmt: skip

SLICE = 1 << 18  # rows that are formatted together: little memory, good use of caches


class DayWriter:
    """Writes the records of days; keeps the texts that all days share."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cells = pa.array([cell for _, cell, _, _ in locations(world)])
        self.clock = pa.array([
            f"{hour:02d}:{minute:02d}:{second:02d}"
            for hour in range(24) for minute in range(60) for second in range(60)
        ])  # fmt: skip
        # The duration of a text is empty.
        durations = [f"{tenths // 10}.{tenths % 10}" for tenths in range(1, LONGEST_CALL + 1)]
        self.durations = pa.array([None, *durations])

    def write(self, path: Path, day: date, events: np.ndarray, antenna_at: np.ndarray) -> int:
        """Write a record for each customer that takes part in an event; returns their number."""
        users, cells = self.world.options.users, self.world.options.cells_per_antenna
        out, into = (
            np.flatnonzero((number >= FIRST_CUSTOMER) & (number < FIRST_CUSTOMER + users))
            for number in (events["sender"], events["receiver"])
        )
        event = np.concatenate([out, into])
        by_time = np.argsort(events["second"][event], kind="stable")
        datetimes = pc.binary_join_element_wise(day.isoformat(), self.clock, " ")
        options = csv.WriteOptions(include_header=False, quoting_style="none")
        with path.open("wb") as file:
            for begin in range(0, len(event), SLICE):
                row = by_time[begin : begin + SLICE]
                part = events[event[row]]
                is_out = row < len(out)
                own = np.where(is_out, part["sender"], part["receiver"])
                other = np.where(is_out, part["receiver"], part["sender"])
                user = own - FIRST_CUSTOMER
                antenna = antenna_at[part["second"] // 3_600, user].astype(np.int64)
                columns = {
                    "direction": np.where(is_out, 2, 1),
                    "caller_id": own,
                    "datetime": datetimes.take(pa.array(part["second"])),
                    "interaction": np.where(part["tenths"] == 0, 2, 1),
                    # At an antenna, a user is always in the same cell.
                    "cell_id": self.cells.take(
                        pa.array(antenna * cells + (user + antenna) % cells)
                    ),
                    "national": np.where(other < FIRST_CUSTOMER, 2, 1),
                    "correspondent_id": other,
                    "tac_code": self.world.tac_code[user],
                    "call_duration": self.durations.take(pa.array(part["tenths"])),
                }
                batch = pa.RecordBatch.from_pydict({name: columns[name] for name in COLUMNS})
                csv.write_csv(batch, file, options)
        return len(event)


def locations(world: World) -> Iterator[tuple[str, str, str, str]]:
    """antenna_id, cell_id, longitude and latitude of each cell, by antenna and sector."""
    options = world.options
    km_per_degree = 111.195
    for antenna, east, north in zip(world.antenna_ids, world.east, world.north, strict=True):
        for sector in range(options.cells_per_antenna):
            # A cell is placed 100 m from the mast, in the direction that it covers.
            angle = 2 * np.pi * sector / options.cells_per_antenna
            latitude = options.latitude + (north + 0.1 * np.cos(angle)) / km_per_degree
            shrink = km_per_degree * np.cos(np.radians(options.latitude))
            longitude = options.longitude + (east + 0.1 * np.sin(angle)) / shrink
            longitude = (longitude + 180) % 360 - 180
            yield antenna, f"{antenna}-{sector + 1}", f"{longitude:.6f}", f"{latitude:.6f}"
