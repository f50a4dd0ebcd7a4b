"""One run at a time per warehouse and schema: two runs would drop each other's tables.

The lock is a file lock. The operating system releases it when the process ends, however it ends. It
works among the processes of one user on one machine. If several machines start runs against one
cluster, their scheduler must keep the runs apart.
"""

import fcntl
import os
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import TextIO

from dbt.adapters.spark.impl import SparkAdapter

from dbt_gnuper.patches import add_for_macros

FOLDER = Path(tempfile.gettempdir()) / f"gnuper-locks-{os.getuid()}"
_held: dict[str, TextIO] = {}


def lock(name: str) -> str | None:
    """Take the lock of this name for this process. Returns a message if another process has it."""
    if name in _held:
        return None
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    file = (FOLDER / f"{name}.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = _owner(file)
        file.close()
        return (
            f"Another run ({owner}) is at work on the same schema. Wait until it has ended, then "
            "run again."
        )
    file.truncate(0)
    file.write(f"process {os.getpid()}, since {datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S} UTC")
    file.flush()
    _held[name] = file
    return None


def runs_at_work(port: int) -> list[str]:
    """Who runs on the server at this port, as `process 4711, since ...`."""
    owners = []
    for path in sorted(FOLDER.glob(f"*_{port}_*.lock")):
        with path.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                owners.append(_owner(file))
    return owners


def _owner(file: TextIO) -> str:
    file.seek(0)
    return file.read() or "started a moment ago"


def unlock(name: str) -> None:
    """Release the lock, if this process has it."""
    if name in _held:
        _held.pop(name).close()


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the lock available to macros as `adapter.lock_run` and `adapter.unlock_run`."""

    def name(self: SparkAdapter, schema: str) -> str:
        credentials = self.config.credentials
        return "_".join(
            "".join(letter if letter.isalnum() else "-" for letter in str(part))
            for part in (credentials.host, credentials.port, schema)
        )

    add_for_macros(
        adapter,
        lock_run=lambda self, schema: lock(name(self, schema)),
        unlock_run=lambda self, schema: unlock(name(self, schema)),
    )
