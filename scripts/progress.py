"""The progress of a dbt command, with a line per level instead of some per model.

    python -m scripts.progress build --vars '{...}'

dbt itself is quiet here; errors, and warnings as they come, are shown. Everything that dbt would print
is in logs/dbt.log. On a terminal each level has a bar; elsewhere a line is written when it is done.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from dbt_gnuper.repeated_warnings import REPETITIONS
from scripts.paths import DEFAULT_STATE_DIR, TARGET

LEVELS = ("staging", "user", "antenna", "features", "final")
TITLES = {name: f"{number} {name}" for number, name in enumerate(LEVELS)}
COUNTED = ("model", "seed", "test")
# How long each level took in the last run, in seconds since its start.
TIMES = DEFAULT_STATE_DIR / "times.json"


def level_of(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> str:
    """The level of a model, of a seed, or of a test, which belongs to the last level it looks at."""
    if node["resource_type"] == "model":
        return node["fqn"][1]
    parents = [nodes[name] for name in node["depends_on"].get("nodes", []) if name in nodes]
    found = [level_of(parent, nodes) for parent in parents if parent["resource_type"] in COUNTED]
    return max(found, key=LEVELS.index, default=LEVELS[0])


def levels_of_nodes(manifest: Path) -> dict[str, str]:
    """The level of each node, by its unique id."""
    nodes = json.loads(manifest.read_text())["nodes"]
    return {
        name: level_of(node, nodes)
        for name, node in nodes.items()
        if node["resource_type"] in COUNTED
    }


class Levels:
    """Counts what dbt has finished, level by level. An object is a callback for dbt's events."""

    def __init__(self, console: Console, manifest: Path = TARGET / "manifest.json") -> None:
        self.console = console
        self.manifest = manifest
        self.begun = time.monotonic()
        self.lock = threading.Lock()
        self._tell: Callable[[Any], None] = self._show
        self.level: dict[str, str] = {}
        self.open: Counter[str] = Counter()
        self.first: dict[str, float] = {}
        self.took: dict[str, float] = {}
        self.tasks: dict[str, TaskID] = {}
        self.bars = Progress(
            TextColumn("  {task.description:<12}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
        )

    def __call__(self, event: Any) -> None:
        """One of dbt's events, from any of its threads.

        An error here would end the thread, and dbt would wait for it for ever.
        """
        with self.lock:
            try:
                self._tell(event)
            except Exception as error:  # noqa: BLE001
                self.bars.stop()
                self.console.print(f"The progress cannot be shown: {error!r}", markup=False)
                self._tell = lambda _: None

    def _show(self, event: Any) -> None:
        name = event.info.name
        if name in ("NodeStart", "NodeFinished"):
            node = event.data.node_info
            if node.resource_type in COUNTED:
                (self._start if name == "NodeStart" else self._finish)(node.unique_id)
        elif event.info.level == "warn" and name not in REPETITIONS:
            self.console.print(f"Warning: {event.info.msg.strip()}", style="yellow", markup=False)
        elif name == "JinjaLogInfo":
            self.console.print(event.info.msg, markup=False, highlight=False)
        elif name == "Note" and "of this run:" in event.info.msg:
            self.bars.stop()
            self.console.print(f"\n{event.info.msg}", style="yellow", markup=False)
        elif name == "CommandCompleted":
            self.bars.stop()
            if event.data.success:
                self._remember()

    def _plan(self) -> None:
        """When the first node starts, dbt has written its manifest."""
        self.level = levels_of_nodes(self.manifest)
        self.open = Counter(self.level.values())
        if self.console.is_terminal:
            for level in LEVELS:
                self.tasks[level] = self.bars.add_task(
                    TITLES[level], total=self.open[level], start=False
                )
            self.bars.start()

    def _start(self, unique_id: str) -> None:
        if not self.level:
            self._plan()
        level = self.level[unique_id]
        if level not in self.first:
            self.first[level] = time.monotonic()
            if level in self.tasks:
                self.bars.start_task(self.tasks[level])

    def _finish(self, unique_id: str) -> None:
        level = self.level[unique_id]
        self.open[level] -= 1
        if level in self.tasks:
            self.bars.advance(self.tasks[level])
        if self.open[level] == 0:
            self.took[level] = time.monotonic() - self.first[level]
            if not self.console.is_terminal:
                number = list(self.level.values()).count(level)
                self.console.print(
                    f"  {TITLES[level]:<12}{number:>4} models and tests in {self.took[level]:.0f} s, "
                    f"{time.monotonic() - self.begun:.0f} s since the start"
                )

    def _remember(self) -> None:
        """Keep the time of a complete run, for the estimate of the next one."""
        if len(self.took) == len(LEVELS):
            TIMES.write_text(json.dumps({"seconds": round(time.monotonic() - self.begun)}))


def estimate() -> str:
    """How long the last complete run took, for the announcement of the next; empty before the first."""
    try:
        return f" (the last run took {json.loads(TIMES.read_text())['seconds']} s)"
    except (OSError, ValueError, KeyError):
        return ""


def main() -> None:
    """Run dbt with the arguments of the command line; its exit code."""
    # Until the project's plugin takes over (dbt_gnuper.interrupts), no work has begun and Ctrl-C simply
    # ends dbt.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from dbt.cli.main import cli

    levels = Levels(Console(highlight=False, soft_wrap=True))
    try:
        cli(["--quiet", *sys.argv[1:]], prog_name="dbt", obj={"callbacks": [levels]})
    finally:
        levels.bars.stop()


if __name__ == "__main__":
    main()
