"""Ctrl-C, and other small accidents at the command line: one sentence, no traceback, no warning."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import PROJECT_ROOT
from test_server import traces

from scripts import interrupts, run

IN_A_FRESH_PROCESS = """
from scripts import docs, interrupts
interrupts.install()
site = docs.listen(0, {folder!r})
docs.serve(site, "docs.html")
"""
STUBBORN_CHILD = """
import signal, time
told = []
signal.signal(signal.SIGINT, lambda *_: told.append(1))
print("begun", flush=True)
while not told:
    time.sleep(0.1)
time.sleep(1)
print("told", len(told), flush=True)
"""
PARENT = """
from scripts import interrupts, run
interrupts.install()
run.START_DBT = {child!r}
print("exit code", run.run_dbt(values={{}}))
"""


class Command:
    """A program that is interrupted as by a terminal: the signal goes to all of its group."""

    def __init__(self, *words: str | Path, folder: Path = PROJECT_ROOT, **environment: str) -> None:
        # a shell starts what runs in the background deaf to Ctrl-C, and so its children would be
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            words,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def line_with(self, pattern: str) -> str:
        """Read on to a line that matches."""
        assert self.process.stdout and self.process.stderr
        for line in self.process.stdout:
            if re.search(pattern, line):
                return line
        raise AssertionError(f"nothing was said of {pattern}: {self.process.stderr.read()}")

    def interrupt(self, alone: bool = False) -> tuple[int, str, str]:
        """Ctrl-C, or a signal to the program alone; the exit code and what was printed after it."""
        (os.kill if alone else os.killpg)(self.process.pid, signal.SIGINT)
        too_late = threading.Timer(90, self.process.kill)
        too_late.start()
        assert self.process.stdout and self.process.stderr
        printed, errors = self.process.stdout.read(), self.process.stderr.read()
        too_late.cancel()
        return self.process.wait(), printed, errors


def test_while_a_command_is_loaded() -> None:
    """Its modules take seconds."""
    loading = Command(sys.executable, "-m", "scripts.run")
    maps = Path(f"/proc/{loading.process.pid}/maps")
    while "numpy" not in maps.read_text():
        time.sleep(0.01)
    assert loading.interrupt() == (130, "", interrupts.SENTENCE)


def test_while_the_server_starts(tmp_path: Path) -> None:
    start = Command(
        sys.executable, "-m", "scripts.server", "start", "--state-dir", tmp_path,
        "--thrift-port", "0", "--connect-port", "0",
    )  # fmt: skip
    start.line_with("Starting Spark")
    assert start.interrupt() == (130, "", interrupts.SENTENCE)
    assert not (tmp_path / "server.json").exists()
    assert not traces(tmp_path)


def test_while_the_environment_is_made(tmp_path: Path) -> None:
    """A Python that never makes one, in a checkout without one."""
    for name in ("scripts/setup.sh", "requirements/runtime.txt"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(PROJECT_ROOT / name, tmp_path / name)
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\n[ "$1" != -m ] || exec sleep 60\necho Python 3\n')
    python.chmod(0o700)
    setup = Command(
        tmp_path / "scripts" / "setup.sh", "runtime", folder=tmp_path, PYTHON=str(python)
    )
    setup.line_with("Creating the environment")
    time.sleep(0.2)
    assert setup.interrupt() == (130, "", interrupts.SENTENCE)


@pytest.mark.parametrize("alone", [False, True])
def test_a_child_is_told_once_and_waited_for(alone: bool) -> None:
    """dbt cancels its statements first."""
    parent = Command(sys.executable, "-c", PARENT.format(child=STUBBORN_CHILD))
    parent.line_with("begun")
    assert parent.interrupt(alone) == (130, "told 1\n", interrupts.SENTENCE)


def test_a_second_ctrl_c_waits_for_nothing() -> None:
    parent = Command(sys.executable, "-c", PARENT.format(child=STUBBORN_CHILD))
    parent.line_with("begun")
    os.killpg(parent.process.pid, signal.SIGINT)
    time.sleep(0.5)
    assert parent.interrupt() == (130, "", interrupts.SENTENCE * 2)


def test_the_end_of_the_documentations_server(tmp_path: Path) -> None:
    (tmp_path / "docs.html").write_text("a page")
    serving = Command(sys.executable, "-c", IN_A_FRESH_PROCESS.format(folder=str(tmp_path)))
    url = serving.line_with("Serving").split()[1]
    assert url.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"a page"
    code, printed, errors = serving.interrupt()
    assert (code, printed) == (0, "")
    assert errors.count("\n") == 1 and "GET /docs.html" in errors


def test_the_documentations_port_is_taken() -> None:
    """It is said before anything is asked of a Spark server."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        made = subprocess.run(
            ["make", "--no-print-directory", "--dry-run", "docs", f"DOCS_PORT={port}"],
            cwd=PROJECT_ROOT, capture_output=True, check=True, text=True,
        )  # fmt: skip
        command = made.stdout.splitlines()[-1].split()
        assert command[1:] == ["-m", "scripts.docs", "--port", str(port)]
        refused = subprocess.run(
            [sys.executable, *command[1:]],
            cwd=PROJECT_ROOT, capture_output=True, check=False, text=True,
        )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stdout == "" and refused.stderr.count("\n") == 1
    assert f"Port {port} cannot be used" in refused.stderr
    assert "make docs DOCS_PORT=" in refused.stderr


def test_dbt_starts_without_a_warning() -> None:
    started = subprocess.run(
        [sys.executable, "-c", run.START_DBT, "--help"],
        cwd=PROJECT_ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert started.stdout.startswith("Usage: dbt ")
    assert started.stderr == ""


def test_a_process_that_was_started_deaf_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the background of a shell."""
    changed = []
    monkeypatch.setattr(signal, "signal", lambda number, _: changed.append(number))
    monkeypatch.setattr(
        signal,
        "getsignal",
        lambda number: signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL,
    )
    interrupts.install()
    assert changed == [signal.SIGTERM, signal.SIGHUP]
