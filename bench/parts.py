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
from bench.summary import rounded, summary, typical
from python_udfs import bandicoot_compiled

SIZES = (0.25, 0.5, 1, 2)  # of --growth, as parts of --rows
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
        self.bench.pipeline(small)
        self.bench.oracle(small)

    def compare(self) -> Section:
        """The pipeline beside floor and oracle, with the ratios."""
        floors: list[Run] = []
        oracles: list[Run] = []
        ratios = defaultdict(list)
        bench, data = self.bench, self.data
        bench.deliver(data)
        for number in range(1, self.rounds + 1):
            say(f"Round {number} of {self.rounds}: floor, oracle, pipeline, floor, oracle")
            floor, (first_oracle, expected) = [bench.floor(data.rows)], bench.oracle(data)
            pipeline = bench.pipeline(data)
            found = bench.found()
            if found != expected:
                raise BenchmarkError(f"The pipeline found {found}, the oracle {expected}.")
            oracle = [first_oracle, bench.oracle(data)[0]]
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
                    "floor": summary(typical([floor for floor, _ in pairs]), tasks),
                    "pipeline": summary(typical([pipeline for _, pipeline in pairs]), tasks),
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

    def bandicoot(self) -> Section:
        """The pipeline with bandicoot's indicators."""
        say("With bandicoot")
        bandicoot_compiled.warm_up(str(self.bench.server.state_dir / "numba"), say)
        self.bench.deliver(self.data)
        run = self.bench.pipeline(self.data, bandicoot=True)
        return lambda tasks: summary(run, tasks)

    def overhead(self) -> Section:
        """dbt over the mock-up sample, bandicoot included: what does not depend on the data."""
        data = make_sample()
        self.bench.deliver(data)
        self.bench.empty_warehouse()
        bandicoot_compiled.warm_up(str(self.bench.server.state_dir / "numba"), say)
        say("Overhead: dbt build and dbt run of the sample, twice")
        # The second run counts: then dbt has parsed the project and Java has compiled the plans.
        runs = {}
        for _ in range(2):
            for command in ("build", "run"):
                runs[command] = self.bench.dbt(command, data.rows)
        return lambda tasks: {name: summary(run, tasks) for name, run in runs.items()}
