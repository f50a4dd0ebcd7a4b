"""What a benchmark reads from the system and from Spark: time, memory, bytes moved."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from typing_extensions import Self

SECONDS_BETWEEN_LOOKS = 0.2

# dbt begins every statement with a comment that names the node.
NODE_ID = re.compile(r'"node_id": "\w+\.\w+\.(\w+)')
# The Connect door serves this Python model alone.
PYTHON_MODEL = "user_bandicoot"


# --- processes ------------------------------------------------------------------------------------


@dataclass
class Usage:
    """What one measured run took. CPU seconds are user and system time of all its processes."""

    began: float  # seconds since the epoch
    wall: float
    cpu: float
    cpu_of_spark: float  # the server with its Python workers; the rest is the client's
    cpu_of_others: float  # what everything else on the machine used meanwhile
    peak_memory: int  # bytes resident in all its processes together, the most that was seen
    read_by_spark: int  # bytes that the server asked the system for, shuffles included

    @property
    def ended(self) -> float:
        """Seconds since the epoch."""
        return self.began + self.wall


@dataclass
class Meter:
    """Measures the server and the programs that `run` starts, for as long as it is open."""

    server_pid: int | None
    usage: Usage = field(init=False)
    _roots: list[psutil.Process] = field(default_factory=list)
    _cpu_of_clients: float = 0.0
    _peak: int = 0

    def __enter__(self) -> Self:
        if self.server_pid is not None:
            self._roots.append(psutil.Process(self.server_pid))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch_memory, daemon=True)
        self._thread.start()
        self._before = (_cpu_of(self._roots), _busy_cpu(), _read_by(self._roots))
        self._began, self._clock = time.time(), time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        wall = time.perf_counter() - self._clock
        spark = _cpu_of(self._roots) - self._before[0]
        cpu = spark + self._cpu_of_clients
        others = max(0.0, _busy_cpu() - self._before[1] - cpu)
        read = _read_by(self._roots) - self._before[2]
        self._stop.set()
        self._thread.join()
        self.usage = Usage(self._began, wall, cpu, spark, others, self._peak, read)

    def run(self, command: Sequence[str | Path], **options: Any) -> tuple[int, str]:
        """Run a program to its end; returns its exit code and what it printed."""
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
        )
        with contextlib.suppress(psutil.NoSuchProcess):
            self._roots.append(psutil.Process(process.pid))
        with process.stdout:
            printed = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self._roots = [root for root in self._roots if root.pid != process.pid]
        self._cpu_of_clients += used.ru_utime + used.ru_stime
        return process.returncode, printed

    def _watch_memory(self) -> None:
        # A new process counts from the second look on: at first it is a copy of the one that
        # started it, and shares all memory with it.
        known: set[psutil.Process] = set()
        while not self._stop.wait(SECONDS_BETWEEN_LOOKS):
            family = set(_families(self._roots))
            resident = 0
            for process in family & known:
                with contextlib.suppress(psutil.Error):
                    resident += process.memory_info().rss
            self._peak = max(self._peak, resident)
            known = family


def _families(roots: list[psutil.Process]) -> Iterator[psutil.Process]:
    """The processes and all that they started."""
    for root in list(roots):
        with contextlib.suppress(psutil.Error):
            yield root
            yield from root.children(recursive=True)


def _cpu_of(roots: list[psutil.Process]) -> float:
    """CPU seconds so far of the processes and all that they started, ended ones included."""
    total = 0.0
    for process in _families(roots):
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


def _read_by(roots: list[psutil.Process]) -> int:
    """Bytes that the processes have read so far, whether from the disk or from the cache."""
    total = 0
    for process in roots:
        with contextlib.suppress(psutil.Error):
            total += process.io_counters().read_chars
    return total


def _busy_cpu() -> float:
    """CPU seconds so far of everything on the machine."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.irq + times.softirq


# --- Spark's event log ----------------------------------------------------------------------------


@dataclass
class Work:
    """What Spark's tasks did for one dbt node. Seconds are summed over tasks, bytes as on disk."""

    cpu: float = 0.0
    run: float = 0.0  # time that tasks held a core, waiting included
    garbage_collection: float = 0.0
    longest_task: float = 0.0
    tasks: int = 0
    stages: int = 0
    rows_written: int = 0
    bytes_read: int = 0
    bytes_shuffled: int = 0
    bytes_spilled: int = 0
    bytes_written: int = 0


@dataclass(frozen=True)
class Task:
    """A finished task: when, for which dbt node and stage, and Spark's own metrics."""

    node: str
    stage: int
    ended: float  # seconds since the epoch
    metrics: dict[str, Any]


def read_tasks(event_log: Path) -> list[Task]:
    """All finished tasks of an event log; '' is the node of work outside of dbt's statements."""
    node_of_stage: dict[int, str] = {}
    tasks = []
    with event_log.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"Event":"SparkListenerStageSubmitted"'):
                event = json.loads(line)
                node_of_stage[event["Stage Info"]["Stage ID"]] = _node(event["Properties"])
            elif line.startswith('{"Event":"SparkListenerTaskEnd"'):
                event = json.loads(line)
                if event.get("Task Metrics"):
                    stage = event["Stage ID"]
                    ended = event["Task Info"]["Finish Time"] / 1000
                    tasks.append(
                        Task(node_of_stage.get(stage, ""), stage, ended, event["Task Metrics"])
                    )
    return tasks


def _node(properties: dict[str, str]) -> str:
    found = NODE_ID.search(properties.get("spark.job.description", ""))
    if found:
        return found[1]
    return PYTHON_MODEL if "SparkConnect" in properties.get("spark.job.tags", "") else ""


def work_per_node(tasks: list[Task], usage: Usage) -> dict[str, Work]:
    """What the tasks that ended during a run did, by dbt node."""
    works: dict[str, Work] = defaultdict(Work)
    stages = defaultdict(set)
    for task in tasks:
        if not usage.began <= task.ended <= usage.ended:
            continue
        work, metrics = works[task.node], task.metrics
        run = metrics["Executor Run Time"] / 1e3
        work.cpu += metrics["Executor CPU Time"] / 1e9
        work.run += run
        work.garbage_collection += metrics["JVM GC Time"] / 1e3
        work.longest_task = max(work.longest_task, run)
        work.tasks += 1
        stages[task.node].add(task.stage)
        work.stages = len(stages[task.node])
        work.rows_written += metrics["Output Metrics"]["Records Written"]
        work.bytes_read += metrics["Input Metrics"]["Bytes Read"]
        work.bytes_shuffled += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
        work.bytes_spilled += metrics["Disk Bytes Spilled"]
        work.bytes_written += metrics["Output Metrics"]["Bytes Written"]
    return dict(works)
