"""The data sets of the benchmark: mock-ups of a given size, which are kept for later runs."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bench.progress import say
from scripts import mockup, paths

# In skewed data: the share of the events that one user and one antenna have.
USERS_PART, ANTENNAS_PART = 0.05, 0.2


@dataclass(frozen=True)
class DataSet:
    """A mock-up and its size. Its number of rows differs from the requested one by a few percent."""

    folder: Path
    rows: int
    users: int
    antennas: int
    days: int

    @property
    def files(self) -> list[Path]:
        """The CDR files, by day."""
        return sorted(self.folder.glob("20*.csv"))

    @property
    def locations(self) -> Path:
        """The file with the places of the cells."""
        return self.folder / "MS_LOCATION.csv"

    def facts(self) -> dict[str, int]:
        """The facts about the data that a result records."""
        sizes = {name: getattr(self, name) for name in ("rows", "users", "antennas", "days")}
        return sizes | {"bytes": sum(file.stat().st_size for file in self.files)}


def make_data(rows: int, users: int, antennas: int, days: int) -> DataSet:
    """A mock-up with about this many rows; an earlier one of the same size is used again."""
    folder = paths.BENCH_DATA / f"{rows}_rows_{users}_users_{antennas}_antennas_{days}_days"
    if not folder.exists():
        say(f"Making {rows:,} rows of {users:,} users")
        sizes: dict[str, Any] = {
            **mockup.PLAIN, "antennas": antennas, "days": days, "outages": 0
        }  # fmt: skip
        machines = users // 5000
        # A small mock-up first: it shows how many events per person are needed.
        few = min(users, max(500, users // 50))
        pilot = mockup.Options(**sizes, users=few, machines=0)
        mockup.generate(pilot, paths.BENCH_DATA / "pilot", force=True)
        records = _records(paths.BENCH_DATA / "pilot")
        shutil.rmtree(paths.BENCH_DATA / "pilot")
        usual = mockup.Options()
        sent = machines * days * usual.machine_events_per_day
        wished = (rows - sent * (1 + mockup.IN_NETWORK)) / (users - machines)
        busyness = usual.events_per_day * wished / (records / few)
        options = mockup.Options(**sizes, users=users, machines=machines, events_per_day=busyness)
        mockup.generate(options, folder)
    return DataSet(folder, _records(folder), users, antennas, days)


def make_sample() -> DataSet:
    """The mock-up with its default options."""
    folder, options = paths.BENCH_DATA / "sample", mockup.Options()
    if not folder.exists():
        mockup.generate(options, folder)
    return DataSet(folder, _records(folder), options.users, options.antennas, options.days)


def make_skewed(data: DataSet) -> DataSet:
    """The same rows, but one user has 5 % of all events and one antenna serves 20 %.

    A hash of the row decides which rows get the user, as caller or as correspondent, so that the
    files are the same each time.
    """
    folder = data.folder.with_name(data.folder.name + "_skewed")
    if not folder.exists():
        say("Skewing the data")
        draft = folder.with_name("skewed.partial")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        con = duckdb.connect()
        cell = con.execute(
            "select column1 from read_csv(?, all_varchar = true, header = false) limit 1",
            [str(data.locations)],
        ).fetchall()[0][0]
        for file in data.files:
            con.execute(
                f"""
                copy (
                    with rows as (
                        select *, hash(caller_id, datetime, correspondent_id) % 1000 / 1000 as chance
                        from read_csv(?, all_varchar = true, header = false, names = ?)
                    )
                    select * exclude (chance) replace (
                        case when chance < {USERS_PART} then '{mockup.FIRST_CUSTOMER}'
                            else caller_id end as caller_id,
                        case when chance >= {1 - USERS_PART} then '{mockup.FIRST_CUSTOMER}'
                            else correspondent_id end as correspondent_id,
                        case when hash(datetime, caller_id) % 1000 < {1000 * ANTENNAS_PART}
                            then ? else cell_id end as cell_id
                    )
                    from rows
                ) to '{draft / file.name}' (format csv, header false)
                """,
                [str(file), list(mockup.COLUMNS), cell],
            )
        shutil.copy(data.locations, draft)
        draft.rename(folder)
    return DataSet(folder, data.rows, data.users, data.antennas, data.days)


def holidays() -> list[str]:
    """The holidays of the mock-up."""
    return [str(day) for day in mockup.Options().holidays]


def _records(folder: Path) -> int:
    return json.loads((folder / "truth" / "manifest.json").read_text())["records"]
