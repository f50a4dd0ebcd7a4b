"""Finds the processes of a server and stops them."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from scripts.server.settings import MARK
from scripts.server.state import ServerError, ServerInfo

STOP_SECONDS = 20


def stat(pid: int) -> tuple[str, int, int] | None:
    """State, session and start time of a process, None if there is none (see proc(5))."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[3]), int(fields[19])


def is_alive(info: ServerInfo) -> bool:
    """Whether the server's process runs: the same id and the same start time."""
    state, _, started = stat(info.pid) or ("", 0, 0)
    if started != info.started:
        return False
    if state == "Z":  # dead; if this process is its parent, remove the zombie
        with contextlib.suppress(ChildProcessError):
            os.waitpid(info.pid, os.WNOHANG)
    return state not in ("Z", "X")


def marked(state_dir: Path) -> list[int]:
    """The processes with the mark of the state folder's server in their environment, in the order of
    their starts: first the server, then its workers, which inherit the mark. The order of process ids
    would not do, because they start again from the beginning after the greatest one."""
    mark = f"{MARK}={state_dir}".encode()
    found = []
    for pid in (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
        state, _, started = stat(pid) or ("X", 0, 0)
        if state not in ("Z", "X"):
            with contextlib.suppress(OSError):
                if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                    found.append((started, pid))
    return [pid for _, pid in sorted(found)]


def _family(info: ServerInfo) -> list[int]:
    """The server's process and its Python workers: those in its session that have its mark."""
    return [pid for pid in marked(info.state_dir) if (stat(pid) or ("", 0, 0))[1] == info.pid]


def stop_processes(info: ServerInfo) -> bool:
    """Ask the server to end, kill it after a while, then end its workers; False if none ran."""
    was_running = is_alive(info)
    if was_running:
        os.kill(info.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while is_alive(info) and time.monotonic() < deadline:
            time.sleep(0.1)
    return end_all(lambda: _family(info)) or was_running


def end_all(find: Callable[[], list[int]]) -> bool:
    """End the processes that are found, again and again until none is left; False if there were none."""
    deadline = time.monotonic() + STOP_SECONDS
    were_running = False
    while found := find():
        were_running = True
        if time.monotonic() > deadline:
            raise ServerError(f"The processes {found} of the server do not end.")
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    return were_running
