"""What a server's CPU seconds are spent on, told by its threads' names and its child processes."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import psutil

# The first letters of a thread's name; Linux keeps 15 of them.
KINDS = {
    "Executor task": "tasks",
    "HiveServer2-": "planning and catalog",
    "C1 Compiler": "Java's compiler",
    "C2 Compiler": "Java's compiler",
    "GC Thread": "garbage collection",
    "G1 ": "garbage collection",
}
REST = "rest of the server"
OTHERS = "Python workers, file commands"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")

Clocks = dict[str, tuple[str, float]]  # name and CPU seconds of each thread or process, by its id


@dataclass
class Ledger:
    """The CPU time of a server since this object was made, by kind.

    A thread's or a Python worker's time can be lost when it ends: nobody waits for Python's workers.
    So call `look` often; what was seen last counts.
    """

    pid: int
    _threads: tuple[Clocks, Clocks] = field(init=False)  # then and now
    _workers: tuple[Clocks, Clocks] = field(init=False)
    _own_then: float = field(init=False)
    _children_then: float = field(init=False)

    def __post_init__(self) -> None:
        self._process = psutil.Process(self.pid)
        threads, workers = self._threads_now(), self._workers_now()
        self._threads, self._workers = (threads, dict(threads)), (workers, dict(workers))
        self._own_then, self._children_then = self._seconds()

    def look(self) -> None:
        """Note the times of all threads and workers until now."""
        self._threads[1].update(self._threads_now())
        self._workers[1].update(self._workers_now())

    def seconds(self) -> dict[str, float]:
        """CPU seconds by kind; their sum is the server's time with all its child processes."""
        self.look()
        own, children = self._seconds()
        seconds = dict.fromkeys(KINDS.values(), 0.0)
        for name, spent in _spent(*self._threads):
            for start, kind in KINDS.items():
                if name.startswith(start):
                    seconds[kind] += spent
        seconds[REST] = own - self._own_then - sum(seconds.values())
        workers = sum(spent for _, spent in _spent(*self._workers))
        seconds[OTHERS] = children - self._children_then + workers
        return seconds

    def _threads_now(self) -> Clocks:
        clocks = {}
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError):  # it has ended
                clocks[thread.name] = _name_and_seconds(thread / "stat")
        return clocks

    def _workers_now(self) -> Clocks:
        """The children of child processes. No process waits for them."""
        clocks = {}
        for child in self._process.children():
            with contextlib.suppress(psutil.Error):
                for worker in child.children(recursive=True):
                    times = worker.cpu_times()
                    clocks[f"{worker.pid} {worker.create_time()}"] = ("", times.user + times.system)
        return clocks

    def _seconds(self) -> tuple[float, float]:
        """Of the server's own threads, ended ones included; of its children, ended ones included."""
        own = self._process.cpu_times()
        children = own.children_user + own.children_system
        for child in self._process.children():
            with contextlib.suppress(psutil.Error):
                times = child.cpu_times()
                children += times.user + times.system
        return own.user + own.system, children


def _spent(then: Clocks, now: Clocks) -> list[tuple[str, float]]:
    """Name and seconds of each thread or process."""
    return [(name, end - then.get(key, (name, 0.0))[1]) for key, (name, end) in now.items()]


def _name_and_seconds(stat: Path) -> tuple[str, float]:
    """Of a thread, from this file of Linux; see `man 5 proc`."""
    before, _, after = stat.read_text().rpartition(")")
    user, system = after.split()[11:13]
    return before.partition("(")[2], (int(user) + int(system)) / TICKS_PER_SECOND
