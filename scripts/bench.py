"""The benchmark: the pipeline's cost beside two measures that anyone can repeat.

    python -m scripts.bench [--rows 20000000 --users 100000 --antennas 2000 --days 31] [--rounds 3]
                            [--growth] [--increment] [--skew] [--overhead] [--bandicoot]

Makes data, starts a Spark server with a warehouse of its own and warms it with a small run (so that
Java has compiled what it will). Then it measures, in rounds, so that a ratio compares neighbours in
time:
    floor      the same Spark reads the same files: every column of every row is parsed as text,
               as for the table `raw.cdr`, and counted
    oracle     DuckDB computes the same features in memory, on the same cores
    pipeline   `dbt run` as from a shell, with pseudonyms and privacy gate, on an empty warehouse
A round is floor, oracle, pipeline, floor, oracle; its ratio is the pipeline over the mean of the
two; figures are medians over the rounds. Wall seconds are a user's; CPU seconds count all processes
(server, Python workers, dbt) and are the steadier ones on a machine that others use as well.

Prints tables (Markdown) and writes benchmarks/results/<time>.json and a chart (--chart).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import itertools
import json
import os
import platform
import secrets
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import duckdb
import psutil
from pyhive import hive

from dbt_gnuper.local_files import write_key
from python_udfs import bandicoot_compiled
from scripts import bench_report, mockup
from scripts.bench_probes import Meter, Task, Usage, Work, read_tasks, work_per_node
from scripts.server import ServerInfo, start_server, stop_server

PROJECT_ROOT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT_ROOT / "data" / "bench"  # data sets, kept from run to run
RESULTS = PROJECT_ROOT / "benchmarks" / "results"
SCHEMA = "bench"
DRIVER_MEMORY = "4g"
BIN = Path(sys.executable).parent
LEVELS = ("staging", "user", "antenna", "features", "final")
SIZES = (0.25, 0.5, 1, 2)  # of --growth, as parts of --rows
WARM_UP_ROWS = 200_000
# For --skew: the parts of the events that one user and one antenna have.
USERS_PART, ANTENNAS_PART = 0.05, 0.2
PACKAGES = ("pyspark", "dbt-core", "dbt-spark", "duckdb", "pyarrow", "numpy", "numba")


def say(sentence: str) -> None:
    """One line of progress."""
    print(f"==> {sentence}", file=sys.stderr, flush=True)


# --- data -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DataSet:
    """A mock-up and its size; rows are those that were made, within some percent of the wish."""

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
        """The file of the cells."""
        return self.folder / "MS_LOCATION.csv"

    def facts(self) -> dict[str, int]:
        """What the result says about it."""
        sizes = {name: getattr(self, name) for name in ("rows", "users", "antennas", "days")}
        return sizes | {"bytes": sum(file.stat().st_size for file in self.files)}


def make_data(rows: int, users: int, antennas: int, days: int) -> DataSet:
    """A mock-up with about this many rows, from the folder of earlier ones if it is there."""
    folder = FOLDER / f"{rows}_rows_{users}_users_{antennas}_antennas_{days}_days"
    manifest = folder / "truth" / "manifest.json"
    if not manifest.exists():
        say(f"Making {rows:,} rows of {users:,} users")
        sizes = {"users": users, "antennas": antennas, "days": days, "outages": 0}
        machines = users // 5000
        # How busy people must be is found with fewer of them.
        few = {**sizes, "users": min(users, max(500, users // 50)), "machines": 0}
        mockup.generate(mockup.Options(**few), FOLDER / "pilot", force=True)
        pilot = json.loads((FOLDER / "pilot/truth/manifest.json").read_text())
        shutil.rmtree(FOLDER / "pilot")
        usual = mockup.Options()
        sent = machines * days * usual.machine_events_per_day
        wished = (rows - sent * (1 + mockup.IN_NETWORK)) / (users - machines)
        busyness = usual.events_per_day * wished / (pilot["records"] / few["users"])
        options = mockup.Options(**sizes, machines=machines, events_per_day=busyness)
        mockup.generate(options, folder)
    return DataSet(folder, json.loads(manifest.read_text())["records"], users, antennas, days)


def make_skewed(data: DataSet) -> DataSet:
    """The same rows, but one user has 5 % of all events and one antenna serves 20 %.

    A row is given to the user as caller or as correspondent, by a hash of the row, so that the
    files are the same each time.
    """
    folder = data.folder.with_name(data.folder.name + "_skewed")
    if not folder.exists():
        say("Skewing them")
        draft = folder.with_name("skewed.partial")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        con = duckdb.connect()
        cell = con.execute(
            "select column1 from read_csv(?, all_varchar = true, header = false) limit 1",
            [str(data.locations)],
        ).fetchone()[0]
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


# --- measured runs --------------------------------------------------------------------------------


@dataclass
class Run:
    """One measured run; for dbt with its nodes."""

    usage: Usage
    rows: int
    nodes: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Bench:
    """The server, and a folder that holds its state, the delivered files and dbt's artifacts."""

    folder: Path
    server: ServerInfo

    @property
    def delivery(self) -> Path:
        """The folder that the pipeline reads; `deliver` decides what lies there."""
        return self.folder / "delivery"

    def deliver(self, data: DataSet, files: list[Path] | None = None) -> None:
        """Put these files (default: all) of a data set where the pipeline and the floor read."""
        shutil.rmtree(self.delivery, ignore_errors=True)
        self.delivery.mkdir()
        for file in [*(files or data.files), data.locations]:
            os.link(file, self.delivery / file.name)

    def query(self, *statements: str) -> list[tuple]:
        """Rows of the last statement."""
        connection = hive.connect("127.0.0.1", self.server.thrift_port)
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
        finally:
            # The server now and then fails to close a session; see dbt_gnuper.thrift_sessions.
            with suppress(hive.Error):
                connection.close()

    def empty_warehouse(self) -> None:
        """Drop all that the pipeline has built."""
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
        assert counts[0] == rows and counts[-1] == 0, counts
        return Run(meter.usage, rows)

    def oracle(self, data: DataSet) -> tuple[Run, dict[str, int]]:
        """DuckDB, and what it found."""
        command = [sys.executable, "-m", "scripts.bench_duckdb", self.delivery]
        with Meter(None) as meter:
            code, printed = meter.run([*command, "--holidays", _holidays()], cwd=PROJECT_ROOT)
        if code:
            sys.exit(f"The oracle has failed:\n{printed}")
        return Run(meter.usage, data.rows), json.loads(printed)

    def dbt(self, command: str, rows: int, **project_vars: Any) -> Run:
        """A dbt command, as a process of its own."""
        project_vars = {
            "raw_data_path": str(self.delivery),
            "pseudonym_key_file": str(self.folder / "pseudonym.key"),
            "overlapping_release": "allow",
            **project_vars,
        }
        with Meter(self.server.pid) as meter:
            code, printed = meter.run(
                [
                    BIN / "dbt", "--no-use-colors", command,
                    "--profiles-dir", self.folder, "--target-path", self.folder / "target",
                    "--log-path", self.folder / "logs", "--vars", json.dumps(project_vars),
                ],
                cwd=PROJECT_ROOT,
                env=os.environ
                | {
                    "GNUPER_THRIFT_PORT": str(self.server.thrift_port),
                    "GNUPER_CONNECT_PORT": str(self.server.connect_port),
                },
            )  # fmt: skip
        if code:
            sys.exit(f"dbt {command} has failed:\n{printed}")
        return Run(meter.usage, rows, read_nodes(self.folder / "target"))

    def pipeline(self, data: DataSet, **project_vars: Any) -> Run:
        """`dbt run` on an empty warehouse, bandicoot left out."""
        self.empty_warehouse()
        defaults = {"bandicoot": False, "holidays": _holidays().split(",")}
        return self.dbt("run", data.rows, **{**defaults, **project_vars})

    def found(self) -> dict[str, int]:
        """What the pipeline found, for a comparison with the oracle."""
        queries = {
            "events": "select sum(rows) from {}.delivered_files where outcome = 'accepted'",
            "residents": "select sum(residents) from {}.antenna_residents",
            "pairs": "select count(*) from {}.antenna_interactions",
        }
        return {n: self.query(q.format(f"{SCHEMA}_restricted"))[0][0] for n, q in queries.items()}


def _holidays() -> str:
    """Those of the mock-up."""
    return ",".join(map(str, mockup.Options().holidays))


def read_nodes(target: Path) -> list[dict[str, Any]]:
    """Name, type, level, start and end (seconds since the epoch) of what dbt has just run."""
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
def bench() -> Iterator[Bench]:
    """A server with an empty warehouse, warm; everything but the event log goes at the end."""
    folder = FOLDER / "work"
    if folder.exists():
        stop_server(folder / "server")
        shutil.rmtree(folder)
    for name in ("events", "server"):
        (folder / name).mkdir(parents=True)
    profile = (PROJECT_ROOT / "profiles.yml.example").read_text()
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


# --- summaries ------------------------------------------------------------------------------------


def shared_seconds(nodes: list[dict[str, Any]]) -> dict[str, float]:
    """Wall seconds of each node; where several run at a time, each gets an equal part."""
    timed = [node for node in nodes if node["began"]]
    moments = sorted({node[end] for node in timed for end in ("began", "ended")})
    seconds: dict[str, float] = defaultdict(float)
    for begin, end in itertools.pairwise(moments):
        running = [node for node in timed if node["began"] <= begin and end <= node["ended"]]
        for node in running:
            seconds[node["name"]] += (end - begin) / len(running)
    return seconds


def phases(run: Run) -> dict[str, float]:
    """Where a dbt command's wall seconds go; they add up to the whole."""
    shares = shared_seconds(run.nodes)
    timed = [node for node in run.nodes if shares[node["name"]]]
    parts: dict[str, float] = defaultdict(float)
    parts["start and parse"] = min(node["began"] for node in timed) - run.usage.began
    for node in timed:
        kind = {"operation": "checks before and after"}.get(node["kind"], f"{node['kind']}s")
        parts[kind.replace("_", " ")] += shares[node["name"]]
    parts["between and at the end"] = run.usage.wall - sum(parts.values())
    return dict(parts)


def summary(run: Run, tasks: list[Task]) -> dict[str, Any]:
    """A run as the result file has it; for dbt with its phases, levels and models."""
    works = work_per_node(tasks, run.usage)
    whole = Work()
    for work in works.values():
        for name, value in vars(work).items():
            both = (max if name == "longest_task" else sum)((getattr(whole, name), value))
            setattr(whole, name, both)
    result = {
        "wall": run.usage.wall,
        "cpu": run.usage.cpu,
        "cpu_of_spark": run.usage.cpu_of_spark,
        "cpu_of_others": run.usage.cpu_of_others,
        "peak_memory": run.usage.peak_memory,
        "read_by_spark": run.usage.read_by_spark,
        "rows_per_second": run.rows / run.usage.wall,
        "spark": asdict(whole),
    }
    if run.nodes:
        shares = shared_seconds(run.nodes)
        models = [node for node in run.nodes if node["kind"] == "model"]
        levels = {
            str(level): sum(shares[node["name"]] for node in models if node["level"] == level)
            for level in range(len(LEVELS))
        }
        result |= {
            "phases": phases(run),
            "levels": levels,
            "models": {
                node["name"]: {
                    "level": node["level"],
                    "wall": node["ended"] - node["began"],
                    "shared_wall": shares[node["name"]],
                    **asdict(works.get(node["name"], Work())),
                }
                for node in models
            },
        }
    return rounded(result)


def rounded(value: Any) -> Any:
    """Seconds and ratios to three digits behind the point, in all depths."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, 3) if isinstance(value, float) else value


def typical(runs: list[Run]) -> Run:
    """The run with the median wall time (of two, the faster)."""
    return sorted(runs, key=lambda run: run.usage.wall)[(len(runs) - 1) // 2]


def machine() -> dict[str, Any]:
    """What the figures depend on; no name of the machine."""
    model = platform.processor()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(
            (line.split(": ")[1] for line in lines if line.startswith("model name")), model
        )
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model,
        "memory": psutil.virtual_memory().total,
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions(server: ServerInfo) -> dict[str, str]:
    """What was measured, and with what."""
    java = subprocess.run(
        [server.java, "-version"], capture_output=True, check=True, text=True
    ).stderr.splitlines()[0]
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=PROJECT_ROOT, capture_output=True, check=False, text=True,
    )  # fmt: skip
    return {
        "gnuper": described.stdout.strip() or "unknown",
        "python": platform.python_version(),
        "java": java,
        **{name: importlib.metadata.version(name) for name in PACKAGES},
    }


def last_result(data: dict[str, int], cores: int) -> dict[str, Any] | None:
    """The latest recorded result over the same data on as many cores."""
    for file in sorted(RESULTS.glob("*.json"), reverse=True):
        result = json.loads(file.read_text())
        if result["data"] == data and result["machine"]["cores"] == cores:
            return result
    return None


# --- the parts ------------------------------------------------------------------------------------


class Parts:
    """What is measured. Each part gives a function that makes its section of the result.

    Sections are made at the end only: Spark writes its event log to the end when it stops.
    """

    def __init__(self, bench: Bench, options: argparse.Namespace) -> None:
        self.bench, self.rounds, self.wish = bench, options.rounds, options.rows
        self.sizes = (options.antennas, options.days)
        self.data = make_data(options.rows, options.users, *self.sizes)
        self.full_runs: list[Run] = []

    def warm_up(self, rows: int) -> None:
        """A small run of all that is measured."""
        say("Warming up")
        rows = min(rows, WARM_UP_ROWS)
        small = make_data(rows, max(100, rows // (6 * self.data.days)), *self.sizes)
        self.bench.deliver(small)
        self.bench.floor(small.rows)
        self.bench.pipeline(small)
        self.bench.oracle(small)

    def compare(self) -> Any:
        """The pipeline beside floor and oracle, and the ratios."""
        floors, oracles, ratios = [], [], defaultdict(list)
        bench, data = self.bench, self.data
        bench.deliver(data)
        for number in range(1, self.rounds + 1):
            say(f"Round {number} of {self.rounds}: floor, oracle, pipeline, floor, oracle")
            floor, (oracle, expected) = [bench.floor(data.rows)], bench.oracle(data)
            pipeline = bench.pipeline(data)
            found = bench.found()
            if found != expected:
                sys.exit(f"The pipeline found {found}, the oracle {expected}.")
            oracle = [oracle, bench.oracle(data)[0]]
            floor.append(bench.floor(data.rows))
            self.full_runs.append(pipeline)
            floors += floor
            oracles += oracle
            for name, runs in (("floor", floor), ("oracle", oracle)):
                for kind in ("wall", "cpu"):
                    mean = statistics.mean(getattr(run.usage, kind) for run in runs)
                    ratios[f"{name}_{kind}"].append(getattr(pipeline.usage, kind) / mean)

        def section(tasks: list[Task]) -> dict[str, Any]:
            return {
                "floor": summary(typical(floors), tasks),
                "oracle": summary(typical(oracles), tasks),
                "pipeline": summary(typical(self.full_runs), tasks),
                "ratios": rounded({n: statistics.median(r) for n, r in ratios.items()}),
                "walls": rounded(
                    {
                        name: [run.usage.wall for run in runs]
                        for name, runs in (
                            ("floor", floors), ("oracle", oracles), ("pipeline", self.full_runs)
                        )
                    }
                ),
            }  # fmt: skip

        return section

    def growth(self) -> Any:
        """Floor and pipeline over more and more users with as many rows each."""
        sets = [
            make_data(int(self.wish * size), int(self.data.users * size), *self.sizes)
            for size in SIZES
        ]
        runs = defaultdict(list)
        for number in range(1, self.rounds + 1):
            for data in sets:
                say(f"Growth, round {number} of {self.rounds}: {data.rows:,} rows")
                self.bench.deliver(data)
                runs[data].append((self.bench.floor(data.rows), self.bench.pipeline(data)))

        def section(tasks: list[Task]) -> list[dict[str, Any]]:
            return [
                {
                    **data.facts(),
                    "floor": summary(typical([floor for floor, _ in pairs]), tasks),
                    "pipeline": summary(typical([pipeline for _, pipeline in pairs]), tasks),
                }
                for data, pairs in runs.items()
            ]

        return section

    def increment(self) -> Any:
        """All days but the last, then one more day, then nothing new."""
        data, bench = self.data, self.bench
        say("Increment: all days but the last, one more day, nothing new")
        project_vars = {"bandicoot": False, "holidays": _holidays().split(",")}
        bench.deliver(data, data.files[:-1])
        first = bench.pipeline(data)
        os.link(data.files[-1], bench.delivery / data.files[-1].name)
        one_more = bench.dbt("run", data.rows, **project_vars)
        nothing_new = bench.dbt("run", data.rows, **project_vars)

        def section(tasks: list[Task]) -> dict[str, Any]:
            sections = {"all_but_one": first, "one_more": one_more, "nothing_new": nothing_new}
            return {name: summary(run, tasks) for name, run in sections.items()}

        return section

    def skew(self) -> Any:
        """The pipeline over the same rows, as they are and skewed."""
        skewed = make_skewed(self.data)
        runs = defaultdict(list)
        for number in range(1, self.rounds + 1):
            for name, data in (("even", self.data), ("skewed", skewed)):
                say(f"Skew, round {number} of {self.rounds}: {name}")
                self.bench.deliver(data)
                # Nobody is a machine: the busy user must stay.
                run = self.bench.pipeline(data, max_weekly_interactions=10**9)
                runs[name].append(run)

        def section(tasks: list[Task]) -> dict[str, Any]:
            return {name: summary(typical(part), tasks) for name, part in runs.items()}

        return section

    def bandicoot(self) -> Any:
        """The pipeline with bandicoot's indicators."""
        say("With bandicoot")
        bandicoot_compiled.warm_up(str(self.bench.server.state_dir / "numba"), say)
        self.bench.deliver(self.data)
        run = self.bench.pipeline(self.data, bandicoot=True)
        return lambda tasks: summary(run, tasks)

    def overhead(self) -> Any:
        """dbt over the mock-up sample, bandicoot included: what does not depend on the data."""
        sample = FOLDER / "sample"
        if not sample.exists():
            mockup.generate(mockup.Options(), sample)
        rows = json.loads((sample / "truth/manifest.json").read_text())["records"]
        options = mockup.Options()
        data = DataSet(sample, rows, options.users, options.antennas, options.days)
        self.bench.deliver(data)
        self.bench.empty_warehouse()
        bandicoot_compiled.warm_up(str(self.bench.server.state_dir / "numba"), say)
        say("Overhead: dbt build and dbt run of the sample, twice")
        # The second time counts: dbt has parsed the project and Java compiled the plans.
        runs = {}
        for _ in range(2):
            for command in ("build", "run"):
                runs[command] = self.bench.dbt(command, rows)
        return lambda tasks: {name: summary(run, tasks) for name, run in runs.items()}


# --- command line ---------------------------------------------------------------------------------


def read_options() -> argparse.Namespace:
    """The options; --growth and so on add parts."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, default, meaning in (
        ("rows", 20_000_000, "event rows, about"),
        ("users", 100_000, "customers of the operator"),
        ("antennas", 2_000, "sites"),
        ("days", 31, "days, one file each"),
        ("rounds", 3, "how often everything is measured"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{meaning} ({default:,})")
    for name in ("growth", "increment", "skew", "overhead", "bandicoot"):
        parser.add_argument(
            f"--{name}", action="store_true", help=getattr(Parts, name).__doc__.splitlines()[0]
        )
    parser.add_argument("--chart", type=Path, help="where the chart goes (beside the result)")
    return parser.parse_args()


def main() -> None:
    """Measure, print, record."""
    options = read_options()
    with bench() as running:
        facts = {"machine": machine(), "versions": versions(running.server)}
        parts = Parts(running, options)
        parts.warm_up(options.rows)
        sections = {"main": parts.compare()}
        for name in ("growth", "increment", "skew", "bandicoot", "overhead"):
            if getattr(options, name):
                sections[name] = getattr(parts, name)()
    (event_log,) = (FOLDER / "work" / "events").iterdir()
    tasks = read_tasks(event_log)
    shutil.rmtree(FOLDER / "work")

    now = datetime.now(timezone.utc)
    result = {"made_at": f"{now:%Y-%m-%d %H:%M} UTC", **facts, "rounds": options.rounds}
    result["data"] = parts.data.facts()
    last = last_result(result["data"], result["machine"]["cores"])
    result |= {name: section(tasks) for name, section in sections.items()}
    result |= result.pop("main")
    if last:
        for kind in ("wall", "cpu"):
            ratio = result["pipeline"][kind] / last["pipeline"][kind]
            result["ratios"][f"last_{kind}"] = round(ratio, 3)
    RESULTS.mkdir(parents=True, exist_ok=True)
    record = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    record.write_text(json.dumps(result, indent=1) + "\n")
    chart = options.chart or record.with_suffix(".png")
    bench_report.draw(result, chart)
    print(bench_report.tables(result))
    say(f"Recorded in {record}, drawn in {chart}")


if __name__ == "__main__":
    main()
