"""The state folder: its owner, the server that it belongs to, and its lock."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts.errors import CommandError
from scripts.paths import PROJECT_ROOT

STATE_FOLDERS = ("tmp", "warehouse", "metastore", "numba")


class ServerError(CommandError):
    """What went wrong and what to do about it, in one sentence for the user."""


@dataclasses.dataclass(frozen=True)
class ServerInfo:
    """A server's process and ports. `started` is its start time: a process id may be reused."""

    pid: int
    thrift_port: int
    connect_port: int
    state_dir: Path
    started: int
    spark: str
    java: str


def prepare(state_dir: Path) -> Path:
    """Create the state folder, readable by its owner alone; refuse a folder with other content."""
    state_dir = state_dir.resolve()
    if set(str(state_dir)) & set(",;"):  # Spark and Derby take these characters for separators
        raise ServerError(
            f"The state folder's path must not have a comma or semicolon: {state_dir}"
        )
    is_new = not (state_dir / "server.lock").exists()
    taken = [name for name in STATE_FOLDERS if (state_dir / name).exists()]
    if is_new and (taken or state_dir in (Path.home(), PROJECT_ROOT, *PROJECT_ROOT.parents)):
        raise ServerError(
            f"{state_dir} cannot be the server's state folder, it belongs to something else: "
            "choose a new folder with --state-dir."
        )
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        state_dir.chmod(0o700)
    except OSError as error:
        raise ServerError(f"The state folder {state_dir} is not usable: {error.strerror}") from None
    return state_dir


@contextlib.contextmanager
def lock(state_dir: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the state folder's lock, so that only one command at a time starts or stops the server."""
    with (state_dir / "server.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another start or stop to finish ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_record(info: ServerInfo, ready: bool) -> None:
    """Write server.json in one step; `ready` becomes true when both endpoints have answered."""
    record = dataclasses.asdict(info) | {"state_dir": str(info.state_dir), "ready": ready}
    draft = info.state_dir / "server.json.new"
    draft.write_text(json.dumps(record, indent=2) + "\n")
    draft.chmod(0o600)
    draft.replace(info.state_dir / "server.json")


def read_record(state_dir: Path) -> tuple[ServerInfo | None, bool]:
    """The content of server.json, and whether that server had answered."""
    try:
        record = json.loads((state_dir / "server.json").read_text())
        ready = record.pop("ready")
        info = ServerInfo(**record | {"state_dir": state_dir})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None, False
    numbers = (info.pid, info.thrift_port, info.connect_port, info.started)
    return (info, ready) if all(type(number) is int for number in numbers) else (None, False)
