"""What a server's CPU seconds are spent on, told by the names of its threads."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

# The first letters of a thread's name; Linux keeps 15 of them.
KINDS = {
    "Executor task": "tasks",
    "HiveServer2-": "planning and catalog",
    "C1 Compiler": "Java's compiler",
    "C2 Compiler": "Java's compiler",
    "GC Thread": "garbage collection",
    "G1 ": "garbage collection",
}
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Threads:
    """The CPU time of each thread of a process since this object was made.

    A thread may end at any time, and its time is lost unless it was looked at before. So look often.
    """

    def __init__(self, pid: int | None) -> None:
        self._folder = Path(f"/proc/{pid}") if pid is not None else None
        self._before = self._now()
        self._last = dict(self._before)
        self._own_before = self._own_seconds()

    def look(self) -> None:
        """Note how long each thread has run until now."""
        self._last |= self._now()

    def ledger(self, server: float, clients: float) -> dict[str, float]:
        """The CPU seconds of a server (with its child processes) and of its clients, by kind."""
        self.look()
        seconds = {"dbt": clients, **dict.fromkeys(KINDS.values(), 0.0)}
        for thread, (name, now) in self._last.items():
            spent = now - self._before.get(thread, (name, 0.0))[1]
            for start, kind in KINDS.items():
                if name.startswith(start):
                    seconds[kind] += spent
        own = self._own_seconds() - self._own_before
        seconds["rest of the server"] = own - sum(seconds.values()) + clients
        seconds["Python workers, file commands"] = server - own
        return seconds

    def _now(self) -> dict[str, tuple[str, float]]:
        """Name and CPU seconds of each thread that runs, by its id."""
        threads: dict[str, tuple[str, float]] = {}
        if self._folder is not None:
            for thread in (self._folder / "task").iterdir():
                with contextlib.suppress(OSError):  # it has ended
                    threads[thread.name] = _name_and_seconds(thread / "stat")
        return threads

    def _own_seconds(self) -> float:
        """CPU seconds of the whole process, its ended threads included, without child processes."""
        return _name_and_seconds(self._folder / "stat")[1] if self._folder is not None else 0.0


def _name_and_seconds(stat: Path) -> tuple[str, float]:
    """From a file of Linux's /proc; see `man 5 proc`."""
    before, _, after = stat.read_text().rpartition(")")
    user, system = after.split()[11:13]
    return before.partition("(")[2], (int(user) + int(system)) / TICKS_PER_SECOND
