"""Time, memory and bytes of a measured run, as the operating system counts them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import psutil
from typing_extensions import Self

from bench.ledger import Ledger

SECONDS_BETWEEN_LOOKS = 0.2


@dataclass
class Usage:
    """What one measured run used. CPU seconds are user and system time of all its processes."""

    began: float  # seconds since the epoch
    wall: float
    cpu: float
    cpu_of_spark: float  # the server with its Python workers; the rest is the client's
    cpu_of_others: float  # all other processes of the machine in the same time
    peak_memory: int  # the largest sum of resident bytes of all its processes
    read_by_spark: int  # bytes that the server read from files, including shuffles
    ledger: dict[str, float]  # `cpu` by what it was spent on

    @property
    def ended(self) -> float:
        """Seconds since the epoch."""
        return self.began + self.wall


@dataclass
class Meter:
    """Measures the server and the programs that `run` starts, from entering to leaving the context."""

    server_pid: int | None
    usage: Usage = field(init=False)
    _roots: list[psutil.Process] = field(default_factory=list)
    _ledger: Ledger | None = None
    _cpu_of_clients: float = 0.0
    _peak: int = 0

    def __enter__(self) -> Self:
        if self.server_pid is not None:
            self._roots.append(psutil.Process(self.server_pid))
            self._ledger = Ledger(self.server_pid)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        self._before = (_busy_cpu(), _read_by(self._roots))
        self._began, self._clock = time.time(), time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        wall = time.perf_counter() - self._clock
        self._stop.set()
        self._thread.join()
        ledger = self._ledger.seconds() if self._ledger else {}
        spark = sum(ledger.values())
        ledger["client"] = self._cpu_of_clients
        cpu = spark + self._cpu_of_clients
        others = max(0.0, _busy_cpu() - self._before[0] - cpu)
        read = _read_by(self._roots) - self._before[1]
        self.usage = Usage(self._began, wall, cpu, spark, others, self._peak, read, ledger)

    def run(self, command: Sequence[str | Path], **options: Any) -> tuple[int, str]:
        """Run a program to its end; returns its exit code and what it printed."""
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
        )
        with contextlib.suppress(psutil.NoSuchProcess):
            self._roots.append(psutil.Process(process.pid))
        with cast("IO[str]", process.stdout) as output:  # not None, because a pipe was requested
            printed = output.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self._roots = [root for root in self._roots if root.pid != process.pid]
        self._cpu_of_clients += used.ru_utime + used.ru_stime
        return process.returncode, printed

    def _watch(self) -> None:
        """Look again and again at memory, and at what the server is doing."""
        # A new process counts from the second look on: at first it shares all memory with the
        # process that started it.
        known: set[psutil.Process] = set()
        while not self._stop.wait(SECONDS_BETWEEN_LOOKS):
            family = set(_families(self._roots))
            resident = 0
            for process in family & known:
                with contextlib.suppress(psutil.Error):
                    resident += process.memory_info().rss
            self._peak = max(self._peak, resident)
            known = family
            if self._ledger:
                self._ledger.look()


def _families(roots: list[psutil.Process]) -> Iterator[psutil.Process]:
    """The processes and all that they started."""
    for root in list(roots):
        with contextlib.suppress(psutil.Error):
            yield root
            yield from root.children(recursive=True)


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
