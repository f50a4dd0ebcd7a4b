"""Daily deliveries: whatever comes in whatever order, the tables are those of a full refresh."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import random_cdr
from conftest import Project
from random_cdr import REJECTS_DO_NOT_STOP, raw_vars

from dbt_gnuper.local_files import write_key

pytestmark = pytest.mark.slow

SEEDS = range(int(os.environ.get("GNUPER_SEQUENCES", "1")))
LEVEL_0 = (
    "delivered_rows", "delivered_files", "delivery_quality", "weekly_metrics", "weekly_visits",
    "machines", "cells", "antennas",
)  # fmt: skip
# with their keys
LEVEL_4 = {
    "final_features": ["antenna_id"],
    "final_interactions": ["antenna_id1", "antenna_id2"],
    "release_report": ["released_table", "feature"],
}
TO_LEVEL_0 = ("run", "--select", "staging")


def assert_same_level_0(project: Project, other: Project) -> None:
    """The tables of level 0 of both have the same rows, each as often."""
    for name in LEVEL_0:
        here, there = (f"{schema}_restricted.{name}" for schema in (project.schema, other.schema))
        differences = project.query(
            f"select 'incremental' as side, * from "
            f"(select * from {here} except all select * from {there}) union all "
            f"select 'full refresh' as side, * from "
            f"(select * from {there} except all select * from {here})"
        )
        assert differences.empty, f"{name}\n{differences.drop_duplicates('side').T.to_string()}"
        assert name == "machines" or not project.restricted(name).empty, name


def assert_same_level_4(project: Project, other: Project) -> None:
    """The tables of level 4 of both have the same rows."""
    for name, key in LEVEL_4.items():
        here, there = (
            side.restricted(name).sort_values(key, ignore_index=True) for side in (project, other)
        )
        assert not here.empty, name
        pd.testing.assert_frame_equal(here, there, check_exact=True)


class Operator:
    """Delivers files into a folder as operators do: late, twice, cut short, under other names."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        raw = random_cdr.generate(folder / "all", seed, bad_rows=True)
        self.vars = raw_vars(raw) | {"holidays": [], "bandicoot": False, "privacy_k": 0}
        self.folder = folder / "raw"
        self.folder.mkdir()
        self.vars["raw_data_path"] = str(self.folder)
        self.vars["raw_locations"] = str(raw.locations)
        # the name of a late file is that of no day of its events
        self.vars["quality_gates"] = REJECTS_DO_NOT_STOP | {"distant_names": {"severity": "off"}}
        self.days = {path.name: path.read_text() for path in sorted(raw.folder.glob("20*.csv"))}
        self.waiting = list(self.rng.permutation(list(self.days)))
        self.key_file = folder / "key"
        self.change_key()
        for _ in range(4):
            self.new()

    def some_file(self) -> Path:
        """One of the files that lie there now."""
        files = sorted(self.folder.iterdir())
        return files[self.rng.integers(len(files))]

    def some_lines(self, share: float) -> str:
        """A share of all lines of all days, in any order."""
        lines = [line for text in self.days.values() for line in text.splitlines(keepends=True)]
        return "".join(self.rng.permutation(lines)[: max(1, int(share * len(lines)))])

    def new(self) -> None:
        if self.waiting:
            name = self.waiting.pop()
            (self.folder / name).write_text(self.days[name])

    def redeliver(self) -> None:
        self.some_file().write_text(self.some_lines(0.05))

    def shrink(self) -> None:
        file = self.some_file()
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(lines[: len(lines) // 2 + 1]))

    def deliver_late(self) -> None:
        (self.folder / "20991231 late, it's 50%=a {x}.csv").write_text(self.some_lines(0.1))

    def withdraw(self) -> None:
        self.some_file().unlink()

    def rename(self) -> None:
        file = self.some_file()
        file.rename(file.with_name(f"20 again {file.name}"))

    def swap(self) -> None:
        """Two files take each other's names, and nothing else changes."""
        one, other, aside = self.some_file(), self.some_file(), self.folder / "aside"
        one.rename(aside)
        if one != other:
            other.rename(one)
        aside.rename(other)

    def deliver_rejects(self) -> None:
        (self.folder / "20200101.csv").write_text("1,2,3\n" * 5)

    def deliver_nothing(self) -> None:
        pass

    def empty(self) -> None:
        self.some_file().write_text("\n\n")

    def change_format(self) -> None:
        self.vars["timestamp_format"] = ["yyyy-MM-dd HH:mm:ss", "yyyy/MM/dd HH:mm:ss"]

    def change_period(self) -> None:
        day = sorted(self.days)[-3]
        self.vars["period_end"] = f"{day[:4]}-{day[4:6]}-{day[6:8]}"

    def change_duplicates(self) -> None:
        self.vars["exact_duplicates"] = "reject"

    def change_calendar(self) -> None:
        day = sorted(self.days)[2]
        self.vars["week_starts_on"] = 7 if self.vars.get("week_starts_on") != 7 else 3
        self.vars["holidays"] = [f"{day[:4]}-{day[4:6]}-{day[6:8]}"]

    def change_night(self) -> None:
        self.vars["noct_begin"] = 21

    def change_key(self) -> None:
        self.key_file.unlink(missing_ok=True)
        write_key(self.key_file, self.rng.bytes(32).hex())
        self.vars["pseudonym_key_file"] = str(self.key_file)

    def change_cells(self) -> None:
        """A cell moves to another antenna."""
        old = Path(self.vars["raw_locations"])
        lines = old.read_text().splitlines(keepends=True)
        antennas = sorted({line.split(",")[0] for line in lines})
        first, rest = lines[0].split(",", 1)
        lines[0] = f"{antennas[0] if antennas[0] != first else antennas[1]},{rest}"
        new = old.with_name(f"{old.stem}_{self.rng.integers(10**6)}.csv")
        new.write_text("".join(lines))
        self.vars["raw_locations"] = str(new)

    def events(self) -> list[list[Callable[[], None]]]:
        """What happens between the runs: everything once, in any order, two or three at a time."""
        once = [
            *(self.new, self.redeliver, self.shrink, self.deliver_late, self.withdraw, self.rename),
            *(self.swap, self.deliver_rejects, self.empty, self.change_format, self.change_period),
            *(self.change_duplicates, self.change_key, self.change_cells),
            *(self.change_calendar, self.change_night),
        ]
        steps: list[list[Callable[[], None]]] = [[], [], [], [], [self.deliver_nothing]]
        for i, event in enumerate(self.rng.permutation(np.array(once))):
            steps[i % 4].append(event)
        return [steps[i] for i in self.rng.permutation(len(steps))]


@pytest.mark.parametrize("seed", SEEDS)
def test_any_sequence_of_deliveries(
    seed: int, make_project: Callable[..., Project], tmp_path: Path
) -> None:
    """After a random sequence all tables, up to the released ones, are those of a full refresh."""
    operator = Operator(tmp_path, 100 + seed)
    daily = make_project("daily", **operator.vars)
    full = make_project("full", **operator.vars)
    steps = operator.events()
    for step, events in enumerate([[], *steps]):
        for event in events:
            event()
        what = (seed, step, [event.__name__ for event in events])
        outcome = daily.dbt(*TO_LEVEL_0, **operator.vars)
        assert outcome.success, (what, outcome.output[-3000:])
        if step in (2, len(steps)):
            outcome = full.dbt(*TO_LEVEL_0, "--full-refresh", **operator.vars)
            assert outcome.success, (what, outcome.output[-3000:])
            assert_same_level_0(daily, full)
    for project in (daily, full):
        outcome = project.dbt("run", **operator.vars)
        assert outcome.success, outcome.output[-3000:]
    assert_same_level_4(daily, full)


def test_only_what_is_new_is_read(make_project: Callable[..., Project], tmp_path: Path) -> None:
    """A file that was read is not opened again: it could not even be unpacked."""
    raw = random_cdr.generate(tmp_path / "raw", 7)
    files = sorted(raw.folder.glob("20*.csv"))
    for file in files:
        with gzip.open(f"{file}.gz", "wb", compresslevel=1) as packed:
            packed.write(file.read_bytes())
        file.unlink()
    held_back = files[-1].with_name(f"{files[-1].name}.gz").rename(tmp_path / "later.csv.gz")
    project = make_project("only_new", **raw_vars(raw), bandicoot=False)
    assert project.dbt(*TO_LEVEL_0).success
    before = project.restricted("delivered_files").groupby("source_file")["rows"].sum()

    for file in raw.folder.glob("20*.csv.gz"):
        times = file.stat()
        # a gzip file by its beginning, and not from there on
        file.write_bytes(file.read_bytes()[:10] + b"x" * (times.st_size - 10))
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    shutil.move(held_back, raw.folder / f"{files[-1].name}.gz")
    outcome = project.dbt(*TO_LEVEL_0)
    assert outcome.success, outcome.output[-3000:]
    after = project.restricted("delivered_files").groupby("source_file")["rows"].sum()
    assert len(after) == len(before) + 1
    assert (after[before.index] == before).all()

    # the counter-test: Spark does notice when it has to read one of them
    broken = next(iter(sorted(raw.folder.glob("20*.csv.gz"))))
    os.utime(broken)
    outcome = project.dbt(*TO_LEVEL_0)
    assert not outcome.success


def test_only_weeks_that_change_are_added_up(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    """A new file replaces the sums of its own weeks, and no others."""
    raw = random_cdr.generate(tmp_path / "raw", 7)
    last = max(raw.folder.glob("20*.csv"))
    held_back = last.rename(tmp_path / last.name)
    project = make_project("weeks", **raw_vars(raw), bandicoot=False)
    assert project.dbt(*TO_LEVEL_0).success

    def written(name: str) -> pd.Series:
        return project.query(
            "select week, max(_metadata.file_modification_time) as at "
            f"from {{restricted}}.{name} group by week"
        ).set_index("week")["at"]

    names = ("weekly_metrics", "weekly_visits")
    before = {name: written(name) for name in names}
    assert project.dbt(*TO_LEVEL_0).success
    assert all(written(name).equals(before[name]) for name in names)
    shutil.move(held_back, last)
    assert project.dbt(*TO_LEVEL_0).success
    touched = (
        project.query(
            "select distinct date_trunc('week', event_at) as week from {restricted}.delivered_rows "
            f"where source_file = '{last.name}' and outcome = 'accepted'"
        )["week"]
        .astype(str)
        .str[:10]
    )
    for name in names:
        after = written(name)
        old = after.index.astype(str).isin(touched)
        assert old.any() and not old.all(), name
        assert after[~old].equals(before[name][~before[name].index.astype(str).isin(touched)]), name
        assert (after[old] > before[name].max()).all(), name


def test_rows_that_are_read_anew_forget_what_was_complete(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    """Without delivered_rows everything is read again, and withdrawn files are not remembered."""
    raw = random_cdr.generate(tmp_path / "raw", 8)
    project = make_project("anew", **raw_vars(raw), bandicoot=False)
    assert project.dbt(*TO_LEVEL_0).success
    first, second = sorted(raw.folder.glob("20*.csv"))[:2]
    first.unlink()
    second.write_text("".join(second.read_text().splitlines(keepends=True)[:2]))
    project.execute("drop table {restricted}.delivered_rows")
    outcome = project.dbt(*TO_LEVEL_0)
    assert outcome.success, outcome.output[-3000:]
    files = project.restricted("delivered_files").groupby("source_file")["rows"].sum()
    assert first.name not in files
    assert files[second.name] == 2


def test_week_without_nights_any_more(make_project: Callable[..., Project], tmp_path: Path) -> None:
    """A home does not rest on the nights of a file that was withdrawn, though its week has events."""

    def rows(*times: str, cell_id: str) -> list[random_cdr.Row]:
        return [random_cdr.record("u1", time, "u2", cell_id=cell_id) for time in times]

    cells = [random_cdr.Cell("a1", "c1", "13", "52"), random_cdr.Cell("a2", "c2", "13.1", "52.1")]
    sunday = rows("2018-09-30 20:00:00", "2018-09-30 21:00:00", cell_id="c1")
    monday = rows("2018-10-01 20:00:00", cell_id="c2") + rows("2018-09-30 15:00:00", cell_id="c1")
    random_cdr.write_raw(tmp_path, sunday, cells)
    (tmp_path / "20181001.csv").write_text("".join(",".join(row) + "\n" for row in monday))
    project = make_project(
        "nights", raw_data_path=str(tmp_path), bandicoot=False, privacy_k=0, holidays=[]
    )
    homes = "select antenna_id from {restricted}.user_home_antenna"
    assert project.dbt("run").success
    assert project.query(homes)["antenna_id"].tolist() == ["a1"]
    (tmp_path / "20180930.csv").unlink()
    assert project.dbt("run").success
    assert project.query(homes)["antenna_id"].tolist() == ["a2"]
