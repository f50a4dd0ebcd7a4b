"""The parts of the benchmark: what is measured, and the section that each adds to the result."""

from __future__ import annotations

import argparse
import os
import statistics
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from bench.data import make_data, make_sample, make_skewed
from bench.event_log import Task
from bench.progress import BenchmarkError, say
from bench.runs import Bench, Run
from bench.summary import brief, rounded, summary, typical
from python_udfs import bandicoot_compiled

SIZES = (0.25, 0.5, 1, 2)  # of the part growth, as parts of --rows
SMALL = (1_000_000, 5_000, 300)  # rows, users and antennas of --parts small
WARM_UP_ROWS = 200_000

# A function that makes a section of the result from the tasks of Spark's event log.
Section = Callable[[list[Task]], Any]


class Parts:
    """Each part measures and returns a function that makes its section of the result.

    Sections are made at the end: only after the server has stopped is its event log complete.
    """

    def __init__(self, bench: Bench, options: argparse.Namespace) -> None:
        self.bench, self.rounds, self.wish = bench, options.rounds, options.rows
        self.sizes = (options.antennas, options.days)
        self.data = make_data(options.rows, options.users, *self.sizes)
        self.full_runs: list[Run] = []

    def warm_up(self, rows: int) -> None:
        """A small run of everything that is measured."""
        say("Warming up")
        rows = min(rows, WARM_UP_ROWS)
        small = make_data(rows, max(100, rows // (6 * self.data.days)), *self.sizes)
        self.bench.deliver(small)
        self.bench.floor(small.rows)
        bandicoot_compiled.warm_up(str(self.bench.server.state_dir / "numba"), say)
        self.bench.pipeline(small, bandicoot=True)
        self.bench.oracle(small)

    def small(self) -> Section:
        """The pipeline over a million rows: first run of a server that has just started, and third."""
        rows, users, antennas = SMALL
        data = make_data(rows, users, antennas, self.sizes[1])
        self.bench.deliver(data)
        say(f"{data.rows:,} rows on a server that has just started, then twice more")
        runs = [self.bench.pipeline(data) for _ in range(3)]

        def section(tasks: list[Task]) -> dict[str, Any]:
            return {
                **data.facts(),
                "first": brief(runs[0], tasks),
                "warm": brief(runs[2], tasks),
            }

        return section

    def compare(self) -> Section:
        """The pipeline beside floor and oracle, with the ratios."""
        floors: list[Run] = []
        oracles: list[Run] = []
        default_runs: list[Run] = []
        ratios: dict[str, dict[str, list[float]]] = {
            name: defaultdict(list) for name in ("pipeline", "default")
        }
        bench, data = self.bench, self.data
        bench.deliver(data)
        for number in range(1, self.rounds + 1):
            say(f"Round {number} of {self.rounds}: floor, oracle, pipeline, default, floor, oracle")
            floor, (first_oracle, expected) = [bench.floor(data.rows)], bench.oracle(data)
            pipeline = bench.pipeline(data)
            found = bench.found()
            if found != expected:
                raise BenchmarkError(f"The pipeline found {found}, the oracle {expected}.")
            default = bench.pipeline(data, bandicoot=True)
            oracle = [first_oracle, bench.oracle(data)[0]]
            floor.append(bench.floor(data.rows))
            self.full_runs.append(pipeline)
            default_runs.append(default)
            floors += floor
            oracles += oracle
            for name, runs in (("floor", floor), ("oracle", oracle)):
                for kind in ("wall", "cpu"):
                    mean = statistics.mean(getattr(run.usage, kind) for run in runs)
                    for which, run in (("pipeline", pipeline), ("default", default)):
                        ratios[which][f"{name}_{kind}"].append(getattr(run.usage, kind) / mean)

        def section(tasks: list[Task]) -> dict[str, Any]:
            return {
                "floor": summary(typical(floors), tasks),
                "oracle": summary(typical(oracles), tasks),
                "pipeline": summary(typical(self.full_runs), tasks),
                "default": summary(typical(default_runs), tasks),
                "ratios": rounded(
                    {
                        which: {name: statistics.median(values) for name, values in of.items()}
                        for which, of in ratios.items()
                    }
                ),
                "walls": rounded(
                    {
                        name: [run.usage.wall for run in runs]
                        for name, runs in (
                            ("floor", floors), ("oracle", oracles),
                            ("pipeline", self.full_runs), ("default", default_runs),
                        )
                    }
                ),
            }  # fmt: skip

        return section

    def growth(self) -> Section:
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
                    "floor": brief(typical([floor for floor, _ in pairs]), tasks),
                    "pipeline": brief(typical([pipeline for _, pipeline in pairs]), tasks),
                }
                for data, pairs in runs.items()
            ]

        return section

    def increment(self) -> Section:
        """Three runs: over all days but the last, with the last day, and without new files."""
        data, bench = self.data, self.bench
        say("Increment: all days but the last, one more day, nothing new")
        bench.deliver(data, data.files[:-1])
        first = bench.pipeline(data)
        os.link(data.files[-1], bench.delivery / data.files[-1].name)
        one_more = bench.update(data)
        nothing_new = bench.update(data)

        def section(tasks: list[Task]) -> dict[str, Any]:
            sections = {"all_but_one": first, "one_more": one_more, "nothing_new": nothing_new}
            return {name: summary(run, tasks) for name, run in sections.items()}

        return section

    def skew(self) -> Section:
        """The pipeline over the same rows twice: as they are, and skewed."""
        skewed = make_skewed(self.data)
        runs = defaultdict(list)
        for number in range(1, self.rounds + 1):
            for name, data in (("even", self.data), ("skewed", skewed)):
                say(f"Skew, round {number} of {self.rounds}: {name}")
                self.bench.deliver(data)
                # The busy user must not be excluded as a machine.
                run = self.bench.pipeline(data, max_weekly_interactions=10**9)
                runs[name].append(run)

        def section(tasks: list[Task]) -> dict[str, Any]:
            return {name: summary(typical(part), tasks) for name, part in runs.items()}

        return section

    def overhead(self) -> Section:
        """dbt over the mock-up sample, bandicoot included, and over one row per file."""
        data = make_sample()
        bench = self.bench
        bandicoot_compiled.warm_up(str(bench.server.state_dir / "numba"), say)
        say("Overhead: dbt build and dbt run of the sample, and of one row per file, twice each")
        # The second run counts: then dbt has parsed the project and Java has compiled the plans.
        runs = {}
        for _ in range(2):
            bench.deliver(data)
            bench.empty_warehouse()
            runs["build"] = bench.dbt("build", data.rows, "--exclude-resource-type", "unit_test")
            bench.empty_warehouse()
            bench.dbt("seed", data.rows)
            runs["run"] = bench.dbt("run", data.rows)
            runs["run, nothing new"] = bench.dbt("run", data.rows)
            bench.deliver_first_rows(data)
            # so few people that the gate would stop the run
            runs["run, one row per file"] = bench.pipeline(data, privacy_k=0)
        return lambda tasks: {name: brief(run, tasks) for name, run in runs.items()}
