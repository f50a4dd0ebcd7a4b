"""Starting, finding and stopping a server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from scripts.paths import DEFAULT_STATE_DIR
from scripts.server.answers import answers, wait_until_it_answers
from scripts.server.launch import launch, usable_port
from scripts.server.processes import end_all, is_alive, marked, stop_processes
from scripts.server.settings import HOST
from scripts.server.state import ServerError, ServerInfo, lock, prepare, read_record, write_record

THRIFT_PORT, CONNECT_PORT = 10000, 15002  # where Hive and Spark Connect usually listen
# All cores; a task whose Python worker died is tried again, as on a cluster.
MASTER = "local[*,4]"


def start_server(
    state_dir: Path = DEFAULT_STATE_DIR,
    thrift_port: int | None = None,
    connect_port: int | None = None,
    *,
    master: str = MASTER,
    driver_memory: str = "4g",
    conf: dict[str, str] | None = None,
    timeout: float = 120,
    say: Callable[[str], None] = lambda _: None,
) -> ServerInfo:
    """Start the server of this state folder, or return it if it is already running.

    A port of 0 means any free one; None means the running server's, else the usual one.
    `conf` holds further Spark settings; `say` receives sentences about the progress.
    """
    state_dir = prepare(Path(state_dir))
    with lock(state_dir, say):
        running = running_server(state_dir)
        if running:
            _check_reusable(running, thrift_port, connect_port)
            say(f"The server is already running ({describe(running)}).")
            return running
        if read_record(state_dir)[0] is None and (lost := marked(state_dir)):
            raise ServerError(
                f"A server of this state folder runs (process {lost[0]}), but its record server.json is "
                "missing or damaged. `python -m scripts.server stop` ends it; then start again."
            )
        _clear(state_dir)
        thrift_port = usable_port(thrift_port, THRIFT_PORT, "THRIFT_PORT")
        connect_port = usable_port(connect_port, CONNECT_PORT, "CONNECT_PORT")
        if thrift_port == connect_port:
            raise ServerError(
                f"Both endpoints were given port {thrift_port}: choose different ports."
            )
        try:
            info = launch(state_dir, thrift_port, connect_port, master, driver_memory, conf or {})
            wait_until_it_answers(info, timeout, say)
            write_record(info, ready=True)
        except BaseException:  # also after Ctrl-C: do not leave a half-started process behind
            _clear(state_dir)
            raise
        say(f"The server is up ({describe(info)}).")
        return info


def stop_server(
    state_dir: Path = DEFAULT_STATE_DIR, *, say: Callable[[str], None] = lambda _: None
) -> bool:
    """Stop the server of this state folder and its workers; False if there was nothing to stop."""
    state_dir = Path(state_dir).resolve()
    if not (state_dir / "server.lock").exists():
        return False
    with lock(state_dir, say):
        return _clear(state_dir)


def running_server(state_dir: Path = DEFAULT_STATE_DIR) -> ServerInfo | None:
    """The server of this state folder that has started and is alive, or None."""
    info, ready = read_record(Path(state_dir).resolve())
    return info if info and ready and is_alive(info) else None


def _clear(state_dir: Path) -> bool:
    """Stop the process that server.json names, if it still runs. If it names none, stop the processes
    with the folder's mark. Then remove server.json, tmp/ and half-written files."""
    info, _ = read_record(state_dir)
    stopped = stop_processes(info) if info else end_all(lambda: marked(state_dir))
    shutil.rmtree(state_dir / "tmp", ignore_errors=True)
    for draft in (state_dir / "warehouse").glob("*.db/*/.spark-staging-*"):
        shutil.rmtree(draft, ignore_errors=True)
    (state_dir / "server.json").unlink(missing_ok=True)
    return stopped


def _check_reusable(running: ServerInfo, thrift_port: int | None, connect_port: int | None) -> None:
    """Raise an error if the running server has other ports than asked for, or does not answer."""
    ports = ((thrift_port, running.thrift_port), (connect_port, running.connect_port))
    for asked, actual in ports:
        if asked not in (None, 0, actual):
            raise ServerError(
                f"The server is already running ({describe(running)}), not on port {asked}: stop it "
                "first with `make stop`, or use its ports."
            )
    if not answers(running, seconds=30):
        raise ServerError(
            f"The server's process {running.pid} runs but does not answer: stop it with "
            f"`make stop` and start it again; its log is {running.state_dir / 'server.log'}"
        )


def runs_at_work(state_dir: Path) -> list[str]:
    """The dbt runs that stopping the server would abort, as `process 4711, since ...`."""
    running = running_server(state_dir)
    if running is None:
        return []
    from dbt_gnuper import run_lock  # loads dbt, which takes seconds

    return run_lock.runs_at_work(running.thrift_port)


def use_server(info: ServerInfo) -> None:
    """Let dbt and Spark Connect find the server, in this process and in those that it starts."""
    os.environ["GNUPER_THRIFT_PORT"] = str(info.thrift_port)
    os.environ["GNUPER_CONNECT_PORT"] = str(info.connect_port)


def describe(info: ServerInfo) -> str:
    """Process and ports in words."""
    return (
        f"process {info.pid}, Thrift on {HOST}:{info.thrift_port}, Connect on {info.connect_port}"
    )
