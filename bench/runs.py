"""The measured runs (floor, oracle, dbt) on a Spark server of their own."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pyhive import hive

from bench.data import DataSet, holidays
from bench.meter import Meter, Usage
from bench.progress import BenchmarkError, say
from dbt_gnuper.local_files import write_key
from scripts import mockup, paths
from scripts.server import ServerInfo, start_server, stop_server

SCHEMA = "bench"
DRIVER_MEMORY = "4g"
BIN = Path(sys.executable).parent
LEVELS = ("staging", "user", "antenna", "features", "final")


@dataclass
class Run:
    """One measured run; for dbt with its nodes."""

    usage: Usage
    rows: int
    nodes: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Bench:
    """The server, and a folder with its state, the delivered files and dbt's artifacts."""

    folder: Path
    server: ServerInfo

    @property
    def delivery(self) -> Path:
        """The folder that the pipeline reads; `deliver` fills it."""
        return self.folder / "delivery"

    def deliver(self, data: DataSet, files: list[Path] | None = None) -> None:
        """Put these files of a data set (default: all) where the pipeline and the floor read."""
        shutil.rmtree(self.delivery, ignore_errors=True)
        self.delivery.mkdir()
        for file in [*(files or data.files), data.locations]:
            os.link(file, self.delivery / file.name)

    def deliver_first_rows(self, data: DataSet) -> None:
        """Put files there that have one row each, the first of this data set's."""
        self.deliver(data)
        for file in data.files:
            with file.open() as lines:
                first = next(lines)
            (self.delivery / file.name).unlink()
            (self.delivery / file.name).write_text(first)

    def query(self, *statements: str) -> list[tuple]:
        """Rows of the last statement."""
        connection = hive.connect("127.0.0.1", self.server.thrift_port)
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
        finally:
            # The server sometimes fails to close a session; see dbt_gnuper.thrift_sessions.
            with suppress(hive.Error):
                connection.close()

    def empty_warehouse(self) -> None:
        """Drop everything that the pipeline has built."""
        for schema in (SCHEMA, f"{SCHEMA}_restricted"):
            self.query(f"drop schema if exists {schema} cascade")

    def floor(self, rows: int) -> Run:
        """Spark parses every column of every row of the delivered files, and counts."""
        columns = (*mockup.COLUMNS, "malformed_row")
        with Meter(self.server.pid) as meter:
            counts = self.query(
                "create schema if not exists bench_floor",
                "drop table if exists bench_floor.cdr",
                f"create table bench_floor.cdr ({', '.join(f'{name} string' for name in columns)}) "
                f"using csv options (path '{self.delivery}', pathGlobFilter '20*.csv', "
                "header 'false', mode 'PERMISSIVE', columnPruning 'false', "
                "columnNameOfCorruptRecord 'malformed_row')",
                f"select {', '.join(f'count({name})' for name in columns)} from bench_floor.cdr",
            )[0]
        if counts[0] != rows or counts[-1]:
            raise BenchmarkError(f"The floor read {counts[0]} of {rows} rows.")
        return Run(meter.usage, rows)

    def oracle(self, data: DataSet) -> tuple[Run, dict[str, int]]:
        """DuckDB computes the same features; also returns its results."""
        command = [sys.executable, "-m", "bench.duckdb_features", str(self.delivery)]
        with Meter(None) as meter:
            code, printed = meter.run(
                [*command, "--holidays", ",".join(holidays())], cwd=paths.PROJECT_ROOT
            )
        if code:
            raise BenchmarkError(f"The oracle has failed:\n{printed}")
        return Run(meter.usage, data.rows), json.loads(printed)

    def dbt(self, command: str, rows: int, *arguments: str, **project_vars: Any) -> Run:
        """A dbt command, in a process of its own."""
        project_vars = {
            "raw_data_path": str(self.delivery),
            "pseudonym_key_file": str(self.folder / "pseudonym.key"),
            "overlapping_release": "allow",
            **project_vars,
        }
        with Meter(self.server.pid) as meter:
            code, printed = meter.run(
                [
                    BIN / "dbt", "--no-use-colors", command, *arguments,
                    "--profiles-dir", self.folder, "--target-path", self.folder / "target",
                    "--log-path", self.folder / "logs", "--vars", json.dumps(project_vars),
                ],
                cwd=paths.PROJECT_ROOT,
                env=os.environ
                | {
                    "GNUPER_THRIFT_PORT": str(self.server.thrift_port),
                    "GNUPER_CONNECT_PORT": str(self.server.connect_port),
                },
            )  # fmt: skip
        if code:
            raise BenchmarkError(f"dbt {command} has failed:\n{printed}")
        return Run(meter.usage, rows, read_nodes(self.folder / "target"))

    def pipeline(self, data: DataSet, **project_vars: Any) -> Run:
        """`dbt run` on an empty warehouse, by default without bandicoot."""
        self.empty_warehouse()
        return self.update(data, **project_vars)

    def update(self, data: DataSet, **project_vars: Any) -> Run:
        """`dbt run` on the warehouse as it is, by default without bandicoot."""
        defaults = {"bandicoot": False, "holidays": holidays()}
        return self.dbt("run", data.rows, **{**defaults, **project_vars})

    def found(self) -> dict[str, int]:
        """The results of the pipeline, to be compared with those of the oracle."""
        queries = {
            "events": "select sum(rows) from {}.delivered_files where outcome = 'accepted'",
            "residents": "select sum(residents) from {}.antenna_residents",
            "pairs": "select count(*) from {}.antenna_interactions",
        }
        return {n: self.query(q.format(f"{SCHEMA}_restricted"))[0][0] for n, q in queries.items()}


def read_nodes(target: Path) -> list[dict[str, Any]]:
    """Name, kind, level, start and end (seconds since the epoch) of the nodes that dbt has just run."""
    manifest = json.loads((target / "manifest.json").read_text())
    nodes = []
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        times = [
            datetime.fromisoformat(part[end].replace("Z", "+00:00")).timestamp()
            for part in result["timing"]
            for end in ("started_at", "completed_at")
        ]
        kind = result["unique_id"].split(".")[0]
        nodes.append(
            {
                "name": result["unique_id"].split(".", 2)[2],
                "kind": kind,
                "level": LEVELS.index(manifest["nodes"][result["unique_id"]]["fqn"][1])
                if kind == "model"
                else None,
                "began": min(times, default=None),
                "ended": max(times, default=None),
            }
        )
    return nodes


@contextmanager
def running_bench() -> Iterator[Bench]:
    """Start a server with an empty warehouse; stop it at the end, and keep its event log."""
    folder = paths.BENCH_DATA / "work"
    if folder.exists():
        stop_server(folder / "server")
        shutil.rmtree(folder)
    for name in ("events", "server"):
        (folder / name).mkdir(parents=True)
    profile = paths.PROFILES_EXAMPLE.read_text()
    (folder / "profiles.yml").write_text(profile.replace("schema: gnuper", f"schema: {SCHEMA}"))
    write_key(folder / "pseudonym.key", secrets.token_hex(32))
    try:
        server = start_server(
            folder / "server",
            thrift_port=0,
            connect_port=0,
            driver_memory=DRIVER_MEMORY,
            conf={
                "spark.eventLog.enabled": "true",
                "spark.eventLog.dir": (folder / "events").as_uri(),
                "spark.eventLog.rolling.enabled": "false",
                "spark.eventLog.compress": "false",
            },
            say=say,
        )
        yield Bench(folder, server)
    finally:
        stop_server(folder / "server")
        shutil.rmtree(folder / "server", ignore_errors=True)
