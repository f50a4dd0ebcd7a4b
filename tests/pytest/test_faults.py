"""What fails in the middle of a run, tried for real: the next run ends in the right result."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import random_cdr
from conftest import PROJECT_ROOT, Project
from pyhive import hive
from random_cdr import raw_vars
from test_deliveries import assert_same_level_0, assert_same_level_4
from test_interrupts import Command
from test_publication import release

from scripts import interrupts
from scripts.server import ServerInfo, start_server, stop_server

NO_SERVER = "The Spark server does not answer any more."
pytestmark = pytest.mark.slow


class Run:
    """A dbt command in a process of its own, which can be watched, and killed."""

    def __init__(self, project: Project, *arguments: str, **more_vars: object) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [
                Path(sys.executable).with_name("dbt"),
                "--no-use-colors",
                *arguments,
                "--project-dir", project.root,
                "--profiles-dir", project.folder,
                "--target-path", project.target,
                "--log-path", project.folder / "logs",
                *(
                    # retry takes those of the run that failed
                    ["--vars", json.dumps({**project.vars, **more_vars}, default=str)]
                    if arguments[0] != "retry" else []
                ),
            ],
            env={
                **os.environ,
                "GNUPER_THRIFT_PORT": str(project.server.thrift_port),
                "GNUPER_CONNECT_PORT": str(project.server.connect_port),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip

    def until(self, pattern: str, seconds_more: float = 0) -> Run:
        """Read on to a line that matches, and wait a little."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if re.search(pattern, line):
                time.sleep(seconds_more)
                return self
        pytest.fail(f"dbt said nothing of {pattern}:\n{self.output}")

    def end(self, seconds: float = 900) -> int:
        """Read to the end, which must come within that time; the exit code."""
        too_late = threading.Timer(seconds, self.process.kill)
        too_late.start()
        assert self.process.stdout
        self.lines += self.process.stdout.readlines()
        too_late.cancel()
        return self.process.wait()

    def succeed(self) -> Run:
        """Read to the end, which must be a good one."""
        assert self.end() == 0, self.output[-4000:]
        return self

    @property
    def output(self) -> str:
        """All that was read so far."""
        return "".join(self.lines)


def starts(model: str) -> str:
    """Pattern of dbt's line about the start of a model."""
    return rf"START .*[.]{model} "


def is_done(model: str) -> str:
    """Pattern of dbt's line about the end of a model."""
    return rf"OK .*[.]{model} "


def next_delivery(folder: Path, waiting: list[Path]) -> None:
    """One file more, and another one cut short."""
    file = waiting.pop()
    (folder / file.name).write_bytes(file.read_bytes())
    again = sorted(folder.glob("20*.csv"))[len(waiting) % 3]
    again.write_text("".join(again.read_text().splitlines(keepends=True)[1:]))


def assert_same_as_undisturbed(project: Project, **more_vars: object) -> None:
    """All tables are those that a run in another schema, with nothing in its way, makes."""
    undisturbed = replace(
        project, schema=f"{project.schema}_undisturbed", folder=project.folder / "u"
    )
    Run(undisturbed, "run", **more_vars).succeed()
    assert_same_level_0(project, undisturbed)
    assert_same_level_4(project, undisturbed)


@pytest.fixture
def raw(tmp_path: Path) -> tuple[random_cdr.RawData, list[Path]]:
    """Random data, of which some files wait outside to be delivered."""
    return delivered(tmp_path)


def delivered(tmp_path: Path) -> tuple[random_cdr.RawData, list[Path]]:
    """Random data, and the files that wait outside to be delivered."""
    raw = random_cdr.generate(tmp_path / "raw", 21, bad_rows=True)
    (tmp_path / "waiting").mkdir()
    waiting = [
        file.rename(tmp_path / "waiting" / file.name)
        for file in sorted(raw.folder.glob("20*.csv"))[:5]
    ]
    return raw, waiting


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerInfo]:
    """A server that the tests of this file may hurt, but not kill."""
    state_dir = tmp_path_factory.mktemp("faults")
    (state_dir / "server.lock").touch()
    yield start_server(state_dir, 0, 0, driver_memory="1g", timeout=300)
    stop_server(state_dir)
    shutil.rmtree(state_dir)


@pytest.fixture
def project(
    own_server: ServerInfo, raw: tuple[random_cdr.RawData, list[Path]], tmp_path: Path
) -> Project:
    """A project on it, not yet run."""
    schema = f"faults_{time.time_ns()}"
    common = {"bandicoot": False, "privacy_k": 0}
    return Project(own_server, tmp_path / "dbt", schema, {**raw_vars(raw[0]), **common})


def test_server_killed(raw: tuple[random_cdr.RawData, list[Path]], tmp_path: Path) -> None:
    """Four times, each time at another moment, and each run begins with what the last one left."""
    state_dir = tmp_path / "state"
    state_dir.mkdir()
    (state_dir / "server.lock").touch()

    def start() -> ServerInfo:
        return start_server(state_dir, 0, 0, driver_memory="1g", timeout=300)

    project = Project(
        start(),
        tmp_path / "dbt",
        "killed",
        {**raw_vars(raw[0]), "bandicoot": False, "privacy_k": 0},
    )
    try:
        Run(project, "run").succeed()
        before = release(project)
        for arguments, moment, seconds_more in (
            # the table itself is replaced, and left behind without its entry in the catalog
            (["run", "--full-refresh"], starts("delivered_rows"), 1),
            (["run"], is_done("delivered_rows"), 0),
            (["run"], starts("user_home_antenna"), 0.5),
            (["retry"], starts("current_release"), 1),
        ):
            if arguments[0] != "retry":
                next_delivery(raw[0].folder, raw[1])
            run = Run(project, *arguments).until(moment, seconds_more)
            os.kill(project.server.pid, signal.SIGKILL)
            assert run.end() != 0
            assert NO_SERVER in run.output and "`make server`" in run.output
            assert "Traceback" not in run.output
            project = replace(project, server=start())
            after = release(project)
            if "current_release" not in moment:
                assert after == before, moment
        Run(project, "run").succeed()
        assert release(project) != before
        assert_same_as_undisturbed(project)
    finally:
        stop_server(state_dir)


def test_dbt_killed_and_interrupted(
    project: Project, raw: tuple[random_cdr.RawData, list[Path]]
) -> None:
    """SIGKILL and Ctrl-C: nothing is published, and the next run can begin at once.

    Ctrl-C many times, for it meets questions that are under way to the server.
    """
    Run(project, "run").succeed()
    before = release(project)
    next_delivery(raw[0].folder, raw[1])

    run = Run(project, "run").until(starts("delivered_rows"), 0.5)
    run.process.kill()
    run.end()
    assert release(project) == before

    # a shell starts what runs in the background deaf to Ctrl-C, and so its children would be
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for tenths in range(6):
        run = Run(project, "run").until(starts("user_home_antenna"), tenths / 10)
        run.process.send_signal(signal.SIGINT)
        assert run.end(seconds=60) == 2, run.output
        assert release(project) == before

    Run(project, "run").succeed()
    assert release(project) != before
    assert_same_as_undisturbed(project)


def test_server_stopped(raw: tuple[random_cdr.RawData, list[Path]], tmp_path: Path) -> None:
    """`make stop` says that a run is at work, and the run that the server was stopped."""
    state_dir = tmp_path / "state"
    state_dir.mkdir()
    (state_dir / "server.lock").touch()
    params = {**raw_vars(raw[0]), "bandicoot": False, "privacy_k": 0}

    def start() -> ServerInfo:
        return start_server(state_dir, 0, 0, driver_memory="1g", timeout=300)

    project = Project(start(), tmp_path / "dbt", "stopped", params)
    try:
        Run(project, "run").succeed()
        before = release(project)
        for moment, seconds_more in (
            (starts("delivered_rows"), 1),
            (starts("user_home_antenna"), 0.5),
            (starts("current_release"), 0.5),
        ):
            run = Run(project, "run", "--full-refresh").until(moment, seconds_more)
            stop = subprocess.run(
                [sys.executable, "-m", "scripts.server", "stop", "--state-dir", state_dir],
                cwd=PROJECT_ROOT, capture_output=True, check=True, text=True,
            )  # fmt: skip
            assert f"A run is at work (process {run.process.pid}, since " in stop.stdout
            assert run.end() != 0
            assert "The Spark server was stopped" in run.output or NO_SERVER in run.output
            assert "bug in Spark" not in run.output and "Traceback" not in run.output
            project = replace(project, server=start())
            if "current_release" not in moment:
                assert release(project) == before
    finally:
        stop_server(state_dir)


def copy_of_the_project(folder: Path) -> Path:
    """The project's files, those that git knows, for commands that work in the project's folder."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT_ROOT, capture_output=True, check=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, folder / name)
    return folder


def test_make_run_interrupted_in_each_phase(tmp_path: Path) -> None:
    """One sentence and exit code 130, no traceback, nothing left behind; the last run is complete."""
    folder = copy_of_the_project(tmp_path / "project")
    environment = {
        "GNUPER_THRIFT_PORT": "0", "GNUPER_CONNECT_PORT": "0", "GNUPER_DRIVER_MEMORY": "1g",
        "PYTHONPATH": str(folder), "VARS": "{privacy_k: 0}", "VERBOSE": "1",
    }  # fmt: skip

    def command(module: str) -> Command:
        return Command(sys.executable, "-m", module, folder=folder, **environment)

    try:
        assert command("scripts.prepare").process.wait(60) == 0
        for phase, seconds_more in (
            ("Making the mock-up sample", 0.5),
            ("compiling", 3),
            ("Building all levels", 1),
            ("Building all levels", 4),
            (r"START .*[.]delivered_rows", 0.5),
            ("Exporting the released tables", 0.5),
        ):
            run = command("scripts.run")
            run.line_with(phase)
            time.sleep(seconds_more)
            code, printed, errors = run.interrupt()
            assert (code, errors) == (130, interrupts.SENTENCE), phase
            assert "Traceback" not in printed and "Warning" not in printed, printed
            assert not list((folder / "data").glob(".sample.partial-*"))
        run = command("scripts.run")
        printed, errors = run.process.communicate(timeout=900)
        assert run.process.returncode == 0, printed + errors
        assert "Built final_features" in printed and errors == ""
    finally:
        stop_server(folder / ".gnuper")


def test_two_runs_at_once(project: Project) -> None:
    """The second one refuses, and so does a purge; the first one does not notice."""
    first = Run(project, "run").until(starts("cells"))
    second = Run(project, "run")
    assert second.end() != 0
    assert f"Another run (process {first.process.pid}, since " in second.output
    assert "is at work on the same schema" in second.output
    purge = Run(project, "run-operation", "purge")
    assert purge.end() != 0
    assert f"Another run (process {first.process.pid}, since " in purge.output
    first.succeed()
    Run(project, "run-operation", "purge").succeed()


def test_file_changes_while_it_is_read(
    project: Project, raw: tuple[random_cdr.RawData, list[Path]]
) -> None:
    """The run names the file; the next one, when the delivery is complete, is right."""
    Run(project, "run").succeed()
    before = release(project)
    next_delivery(raw[0].folder, raw[1])
    file = max(raw[0].folder.glob("20*.csv"))
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[: len(lines) // 2]))

    run = Run(project, "run").until(starts("delivered_rows"))
    is_over = threading.Event()

    def deliver() -> None:
        with file.open("a") as slowly:
            for line in lines[len(lines) // 2 :] * 100:
                slowly.write(line)
                slowly.flush()
                if is_over.wait(0.05):
                    return

    delivery = threading.Thread(target=deliver)
    delivery.start()
    assert run.end() != 0
    is_over.set()
    delivery.join()
    assert f"The file '{file.name}' changed while it was read. Nothing was released." in run.output
    assert release(project) == before

    file.write_text("".join(lines))
    Run(project, "run").succeed()
    assert_same_as_undisturbed(project)


def test_file_arrives_during_a_build(
    project: Project, raw: tuple[random_cdr.RawData, list[Path]]
) -> None:
    """The build is about the files that it listed; the next run reads the other."""
    Run(project, "run").succeed()
    before = release(project)
    build = Run(project, "build", "--exclude-resource-type", "unit_test")
    build.until(is_done("cdr_files"))
    file = raw[1].pop()
    (raw[0].folder / file.name).write_bytes(file.read_bytes())
    build.succeed()
    # the same id: a hash over files, days, rows and parameters
    assert release(project)[0] == before[0]

    Run(project, "run").succeed()
    assert release(project)[0] != before[0]
    assert_same_as_undisturbed(project)


def workers(server: ServerInfo) -> list[psutil.Process]:
    """The server's Python workers: the children of its Python daemon."""
    daemons = psutil.Process(server.pid).children()
    return [worker for daemon in daemons for worker in daemon.children()]


def test_worker_killed_and_model_abandoned(project: Project) -> None:
    """A Python worker dies: Spark does its part again. dbt dies: its model does not come after it."""
    engine = {"bandicoot": True, "bandicoot_engine": "reference"}
    Run(project, "run", "--select", "+user_bandicoot", **engine).succeed()
    before = sorted(project.restricted("user_bandicoot").astype(str).itertuples(index=False))

    run = Run(project, "run", "--select", "user_bandicoot", **engine).until(
        starts("user_bandicoot")
    )
    deadline = time.monotonic() + 60
    while not (found := workers(project.server)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for worker in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            worker.kill()
    assert found
    run.succeed()
    assert (
        sorted(project.restricted("user_bandicoot").astype(str).itertuples(index=False)) == before
    )

    run = Run(project, "run", "--select", "user_bandicoot", **engine)
    run.until(starts("user_bandicoot"), 1)
    run.process.kill()
    run.end()
    Run(project, "run", "--select", "user_bandicoot", **engine).succeed()
    time.sleep(2)
    assert (
        sorted(project.restricted("user_bandicoot").astype(str).itertuples(index=False)) == before
    )


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A disk of this size in the folder's place."""
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no right to mount a small disk here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_disk_full(raw: tuple[random_cdr.RawData, list[Path]], tmp_path: Path) -> None:
    """The run says so, the release stays; with space again the next run is right."""
    state_dir = tmp_path / "state"
    warehouse = state_dir / "warehouse"
    warehouse.mkdir(parents=True)
    (state_dir / "server.lock").touch()
    with small_disk(warehouse, "40m"):
        server = start_server(state_dir, 0, 0, driver_memory="1g", timeout=300)
        params = {**raw_vars(raw[0]), "bandicoot": False, "privacy_k": 0}
        project = Project(server, tmp_path / "dbt", "full", params)
        try:
            Run(project, "run").succeed()
            before = release(project)
            next_delivery(raw[0].folder, raw[1])
            filler = warehouse / "filler"
            with contextlib.suppress(OSError), filler.open("wb") as file:
                while True:
                    file.write(b"\0" * 4096)
                    file.flush()
            run = Run(project, "run")
            assert run.end() != 0
            assert "No space left on device" in run.output
            assert "\tat org.apache" not in run.output and "Traceback" not in run.output
            assert release(project) == before
            filler.unlink()
            Run(project, "run").succeed()
            assert_same_as_undisturbed(project)
        except hive.Error as error:
            pytest.fail(str(error)[:2000])
        finally:
            stop_server(state_dir)
