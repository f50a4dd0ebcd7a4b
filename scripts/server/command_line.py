"""The command line: start, stop and status, each with an exit code and a sentence."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from scripts import server
from scripts.paths import DEFAULT_STATE_DIR
from scripts.server.control import (
    MASTER,
    describe,
    running_server,
    runs_at_work,
    start_server,
    stop_server,
    use_server,
)
from scripts.server.state import ServerError, ServerInfo


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code: 0, or 1 with a sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "start":
            _start(options)
        elif options.command == "stop":
            for run in runs_at_work(options.state_dir):
                _print(
                    f"A run is at work ({run}): it ends with the server. Nothing is lost, run again."
                )
            stopped = stop_server(options.state_dir, say=_print)
            _print("The server has stopped." if stopped else "No server is running.")
        else:
            running = running_server(options.state_dir)
            _print(f"Running: {describe(running)}." if running else "No server is running.")
            return 0 if running else 1
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def start_for_dbt() -> ServerInfo:
    """Start the server like `start` without options, and let dbt and Spark Connect find it."""
    info = _start(_parser().parse_args(["start"]))
    use_server(info)
    return info


def _start(options: argparse.Namespace) -> ServerInfo:
    return start_server(
        options.state_dir,
        options.thrift_port,
        options.connect_port,
        master=options.master,
        driver_memory=options.driver_memory,
        conf=dict(options.conf),
        timeout=options.timeout,
        say=_print,
    )


def _parser() -> argparse.ArgumentParser:
    """The options; those of `start` have defaults from the environment, which the Makefile sets."""

    def env(name: str, otherwise: str | None = None) -> str | None:
        return os.environ.get(name) or otherwise

    parser = argparse.ArgumentParser(
        prog="python -m scripts.server",
        description=server.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=("start", "stop", "status"))
    parser.add_argument("--state-dir", type=Path, default=DEFAULT_STATE_DIR)
    parser.add_argument("--thrift-port", type=int, default=env("GNUPER_THRIFT_PORT"))
    parser.add_argument("--connect-port", type=int, default=env("GNUPER_CONNECT_PORT"))
    parser.add_argument("--master", default=env("GNUPER_MASTER", MASTER))
    parser.add_argument("--driver-memory", default=env("GNUPER_DRIVER_MEMORY", "4g"))
    parser.add_argument("--conf", type=_pair, action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--timeout", type=float, default=120, help="seconds to wait for the start")
    return parser


def _pair(text: str) -> tuple[str, str]:
    """`spark.x=1` as `("spark.x", "1")`."""
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"key=value expected, not `{text}`")
    return key, value


def _print(sentence: str) -> None:
    print(sentence, flush=True)
