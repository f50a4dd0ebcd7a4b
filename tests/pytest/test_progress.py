"""What `make run` shows: a line per level, warnings as they come, and a summary."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from rich.console import Console

from scripts import progress, summary
from scripts.export import KEYS, OF_ZONES

NODES = {
    "model.gnuper.events": {"resource_type": "model", "fqn": ["gnuper", "staging", "events"]},
    "model.gnuper.users": {"resource_type": "model", "fqn": ["gnuper", "user", "users"]},
    "test.gnuper.both": {
        "resource_type": "test",
        "depends_on": {"nodes": ["model.gnuper.events", "model.gnuper.users"]},
    },
    # seeds depend on macros only
    "seed.gnuper.days": {"resource_type": "seed", "depends_on": {"macros": []}},
    "unit_test.gnuper.x": {"resource_type": "unit_test"},
}


def event(name: str, level: str = "info", msg: str = "", **data: Any) -> SimpleNamespace:
    """An event as dbt gives it to callbacks."""
    return SimpleNamespace(
        info=SimpleNamespace(name=name, level=level, msg=msg), data=SimpleNamespace(**data)
    )


def node(name: str, unique_id: str) -> SimpleNamespace:
    """An event about a node."""
    kind = unique_id.split(".", maxsplit=1)[0]
    about = SimpleNamespace(unique_id=unique_id, resource_type=kind)
    return event(name, node_info=about)


def levels(tmp_path: Path, is_terminal: bool) -> tuple[progress.Levels, io.StringIO]:
    """A callback that writes to a text."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": NODES}))
    written = io.StringIO()
    console = Console(
        file=written, force_terminal=is_terminal, width=80, soft_wrap=True, highlight=False
    )
    return progress.Levels(console, manifest), written


@pytest.mark.parametrize("is_terminal", [False, True])
def test_levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    monkeypatch.setattr(progress, "TIMES", tmp_path / "times.json")
    callback, written = levels(tmp_path, is_terminal)
    assert progress.estimate() == ""
    for unique_id in NODES:
        if not unique_id.startswith("unit_test"):
            callback(node("NodeStart", unique_id))
            callback(node("NodeFinished", unique_id))
    callback(node("NodeFinished", "operation.gnuper.hook"))
    callback(event("JinjaLogInfo", msg="Nothing has changed."))
    callback(event("Other", "warn", "Something is odd."))
    callback(event("RunResultWarning", "warn", "Something is odd."))
    callback(event("Note", msg="One warning of this run:\n- Something is odd."))
    callback(event("CommandCompleted", success=True))
    text = written.getvalue()
    assert text.count("Nothing has changed.") == 1
    assert text.count("Warning: Something is odd.") == 1
    assert "One warning of this run:" in text
    if not is_terminal:
        found = sorted(line.split(" in ")[0].split() for line in text.splitlines()[:2])
        assert found == [
            ["0", "staging", "2", "models", "and", "tests"],
            ["1", "user", "2", "models", "and", "tests"],
        ]
        assert "\x1b" not in text


def test_an_error_in_the_progress_does_not_reach_dbt(tmp_path: Path) -> None:
    callback, written = levels(tmp_path, False)
    for _ in range(2):
        callback(node("NodeStart", "model.gnuper.unknown"))
    assert written.getvalue().count("The progress cannot be shown: KeyError") == 1


def test_the_time_of_a_complete_run_is_the_next_estimate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "TIMES", tmp_path / "times.json")
    callback, _ = levels(tmp_path, False)
    callback(event("CommandCompleted", success=True))
    assert progress.estimate() == ""
    callback.took = dict.fromkeys(progress.LEVELS, 1.0)
    callback(event("CommandCompleted", success=True))
    assert progress.estimate() == " (the last run took 0 s)"


@pytest.fixture(scope="module")
def tables(mockup_output: Path) -> dict[str, pa.Table]:
    return {
        name: pa.parquet.read_table(mockup_output / f"{name}.parquet")
        for name in KEYS
        if name not in OF_ZONES
    }


@pytest.mark.parametrize("is_gate_off", [False, True])
def test_summary(tables: dict[str, pa.Table], is_gate_off: bool) -> None:
    written = io.StringIO()
    summary.show(tables, is_gate_off, Console(file=written, width=80))
    text = written.getvalue()
    report = tables["release_report"].to_pandas()
    assert f"Release     {report['released'].sum():,} values" in text
    assert f"withheld: {int(report['withheld_k'].sum()):,}, too few people" in text
    # rounded once, not the sum of days that are rounded themselves
    accepted = tables["release_run"]["accepted_rows"][0].as_py()
    assert f"about {accepted:,} rows accepted" in text and f"{accepted:,}".endswith("00,000")
    first = tables["final_features"]["antenna_id"][0].as_py()
    # with the gate off a row could be about one person
    assert (first in text) == (not is_gate_off)
    assert max(map(len, text.splitlines())) <= 80
