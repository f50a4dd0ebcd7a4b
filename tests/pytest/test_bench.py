"""The benchmark measures what it says: one small run from end to end, and its arithmetic."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import command_line, tables
from bench.meter import Meter
from bench.record import last_result
from bench.summary import shared_seconds
from scripts import paths


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def result(folder: Path) -> dict[str, Any]:
    """A run over a few days, recorded in a folder of its own."""
    options = "--rows 30000 --users 400 --antennas 20 --days 4 --parts increment overhead"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "BENCH_DATA", folder / "data")
        patch.setattr(paths, "BENCH_RESULTS", folder / "results")
        patch.setattr(sys, "argv", ["bench", *options.split(), "--chart", str(folder / "x.png")])
        command_line.main()
    (file,) = (folder / "results").glob("*.json")
    return json.loads(file.read_text())


@pytest.mark.slow
def test_figures_fit_together(result: dict[str, Any], folder: Path) -> None:
    """Rows, bytes and seconds, as far as they are known from elsewhere."""
    rows, size = result["data"]["rows"], result["data"]["bytes"]
    assert rows == pytest.approx(30_000, rel=0.1)
    run = result["pipeline"]
    assert run["models"]["delivered_rows"]["rows_written"] == rows
    # To the bytes of the rows come those that a task reads beyond its part of a file.
    assert size <= result["floor"]["spark"]["bytes_read"] < 2 * size
    assert run["models"]["delivered_rows"]["bytes_read"] >= size
    assert sum(run["phases"].values()) == pytest.approx(run["wall"], abs=0.1)
    shared = sum(model["shared_wall"] for model in run["models"].values())
    assert shared == pytest.approx(sum(run["levels"].values()), abs=0.1)
    assert 0 < sum(model["cpu"] for model in run["models"].values()) < run["cpu"]
    assert run["peak_memory"] > 200e6
    assert sum(run["ledger"].values()) == pytest.approx(run["cpu"], abs=0.5)
    assert min(run["ledger"].values()) >= 0
    in_tasks = sum(model["cpu"] for model in run["models"].values())
    assert 0.7 * in_tasks < run["ledger"]["tasks"] < 2 * in_tasks
    assert result["ratios"]["pipeline"]["floor_wall"] > 1
    assert "user_bandicoot" in {*result["default"]["models"]} - {*run["models"]}
    increment = result["increment"]
    assert increment["all_but_one"]["models"]["delivered_rows"]["rows_written"] < rows
    # the sample takes longer than one row per file, and reading it longer than reading nothing
    build, run, nothing_new, one_row = (part["cpu"] for part in result["overhead"].values())
    assert build > run > max(nothing_new, one_row), result["overhead"]
    assert (folder / "x.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_result_names_no_place_and_no_machine(result: dict[str, Any], folder: Path) -> None:
    """What is committed says nothing about who measured it."""
    text = json.dumps(result)
    for secret in (Path.home().name, str(folder), str(paths.PROJECT_ROOT), platform.node()):
        assert f"{secret}/" not in text and f'"{secret}"' not in text


@pytest.mark.slow
def test_the_last_result_is_found(
    result: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The latest over the same data on as many cores."""
    monkeypatch.setattr(paths, "BENCH_RESULTS", folder / "results")
    cores = result["machine"]["cores"]
    assert last_result(result["data"], cores) == result
    assert last_result(result["data"], cores + 1) is None
    assert last_result({**result["data"], "rows": 1}, cores) is None


@pytest.mark.slow
def test_tables_hold_all_models(result: dict[str, Any]) -> None:
    text = tables.all_tables(result)
    for model in ("delivered_rows", "user_home_antenna", "user_bandicoot", "final_features"):
        assert f"| {model} |" in text


def test_meter_counts_a_program() -> None:
    """CPU seconds and memory of a program that burns both."""
    program = """
import time
held = bytearray(300_000_000)
while time.process_time() < 1.5:
    pass
print("done")
"""
    with Meter(None) as meter:
        code, printed = meter.run([sys.executable, "-c", program])
    assert (code, printed) == (0, "done\n")
    assert 1.4 < meter.usage.cpu < 3
    assert meter.usage.wall > 1.4
    assert 300e6 < meter.usage.peak_memory < 500e6


def test_meter_counts_what_a_server_reads(tmp_path: Path) -> None:
    """Here this process is the server."""
    file = tmp_path / "file"
    file.write_bytes(bytes(10_000_000))
    with Meter(os.getpid()) as meter:
        file.read_bytes()
    assert 10e6 <= meter.usage.read_by_spark < 12e6


def test_meter_knows_threads_by_their_names() -> None:
    """A compiler's thread that has ended before the end, and the process's own time."""
    program = """
import pathlib, sys, threading, time
def burn():
    pathlib.Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text("C2 CompilerThre")
    while time.thread_time() < 1.5:
        pass
sys.stdin.readline()
thread = threading.Thread(target=burn)
thread.start()
thread.join()
while time.thread_time() < 0.7:
    pass
print("done", flush=True)
sys.stdin.readline()
"""
    server = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with Meter(server.pid) as meter:
        print(file=server.stdin, flush=True)
        assert server.stdout is not None
        assert server.stdout.readline() == "done\n"
    server.communicate("\n")
    ledger = meter.usage.ledger
    assert 1.1 < ledger["Java's compiler"] < 1.7
    assert 0.5 < ledger["rest of the server"] < 1.3
    assert sum(ledger.values()) == pytest.approx(meter.usage.cpu, abs=0.1)


def test_wall_seconds_are_shared() -> None:
    """Two nodes at a time get half of the time each."""
    nodes: list[dict[str, Any]] = [
        {"name": "one", "began": 10.0, "ended": 14.0},
        {"name": "two", "began": 12.0, "ended": 16.0},
        {"name": "skipped", "began": None, "ended": None},
    ]
    assert shared_seconds(nodes) == {"one": 3.0, "two": 3.0}
