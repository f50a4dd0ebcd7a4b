"""Python models on Spark as such, in a project of one's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from conftest import PROJECT_ROOT

from scripts.server import ServerInfo


def other_project(folder: Path, server: ServerInfo, **models: str) -> list[str]:
    """A dbt project with these Python models; the words of `dbt run` for it."""
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "{name: other, profile: gnuper, flags: {send_anonymous_usage_stats: false}, "
        "models: {other: {+file_format: parquet, +submission_method: spark_connect}}}"
    )
    example = (PROJECT_ROOT / "profiles.yml.example").read_text()
    (folder / "profiles.yml").write_text(
        example.replace("schema: gnuper", f"schema: other_{time.time_ns()}")
    )
    for name, code in models.items():
        (folder / "models" / f"{name}.py").write_text(code)
    return [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "run"]


BROKEN_AT_ONCE = """\
def model(dbt, spark):
    numbers = spark.range(3)
    return numbers.select("no_such_column")
"""
BROKEN_ON_A_WORKER = """\
def model(dbt, spark):
    def explode(batches):
        for batch in batches:
            raise ValueError("this value cannot be used")
            yield batch
    return spark.range(3).mapInArrow(explode, "id bigint")
"""
FINE = """\
def model(dbt, spark):
    return spark.range(3)
"""


def test_errors_name_the_models_own_line(server: ServerInfo, tmp_path: Path) -> None:
    """An error surfaces with the model's line and one sentence, and others of the run go on."""
    words = other_project(
        tmp_path / "p", server, at_once=BROKEN_AT_ONCE, on_worker=BROKEN_ON_A_WORKER,
        fine1=FINE, fine2=FINE,
    )  # fmt: skip
    ended = subprocess.run(
        [*words, "--threads", "4"],
        cwd=tmp_path / "p",
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 1
    assert "PASS=2 WARN=0 ERROR=2" in ended.stdout
    assert 'models/at_once.py, line 3: "return numbers.select("no_such_column")"' in ended.stdout
    assert "no_such_column" in ended.stdout
    assert 'models/on_worker.py, line 4: "raise ValueError' in ended.stdout
    assert "ValueError: this value cannot be used" in ended.stdout
    for dump in ("grpc", "JVM stacktrace", "at org.apache", "debug_error_string"):
        assert dump not in ended.stdout + ended.stderr


def test_ctrl_c_stops_the_job_on_the_server(server: ServerInfo, tmp_path: Path) -> None:
    """After an interrupt dbt ends, and so does the work on the server."""
    heartbeat = tmp_path / "heartbeat"
    words = other_project(
        tmp_path / "p",
        server,
        endless=f"""
def model(dbt, spark):
    def wait(batches):
        import pathlib, time
        for batch in batches:
            for _ in range(1200):
                pathlib.Path({str(heartbeat)!r}).write_text(str(time.time()))
                time.sleep(0.1)
            yield batch
    return spark.range(1).mapInArrow(wait, "id bigint")
""",
    )
    dbt = subprocess.Popen(words, cwd=tmp_path / "p", stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not heartbeat.exists():
        assert dbt.poll() is None and time.monotonic() < deadline
        time.sleep(0.2)
    os.kill(dbt.pid, signal.SIGINT)
    dbt.communicate(timeout=60)
    assert dbt.returncode != 0

    deadline = time.monotonic() + 30
    while time.time() - float(heartbeat.read_text() or 0) < 3:
        assert time.monotonic() < deadline, "the job on the server goes on"
        time.sleep(0.5)


def test_no_server(server: ServerInfo, tmp_path: Path) -> None:
    """Without Spark Connect the message says what to do."""
    words = other_project(tmp_path / "p", server, fine=FINE)
    ended = subprocess.run(
        words,
        cwd=tmp_path / "p",
        check=False,
        env={**os.environ, "GNUPER_CONNECT_PORT": "9"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Python models need Spark Connect" in ended.stdout
    assert "`make server`" in ended.stdout
    assert psutil.pid_exists(server.pid)
