"""The command line of the benchmark: measures the chosen parts, prints and records the result."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import bench
from bench.chart import draw
from bench.event_log import read_tasks
from bench.parts import Parts
from bench.progress import BenchmarkError, say
from bench.record import last_result, machine, versions, write_record
from bench.runs import running_bench
from bench.tables import all_tables

PARTS = ("small", "growth", "increment", "skew", "overhead")


def read_options() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=bench.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, default, meaning in (
        ("rows", 20_000_000, "event rows, about"),
        ("users", 100_000, "customers of the operator"),
        ("antennas", 2_000, "sites"),
        ("days", 31, "days, one file each"),
        ("rounds", 1, "how often everything is measured"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{meaning} ({default:,})")
    parser.add_argument(
        "--parts",
        nargs="*",
        choices=PARTS,
        default=list(PARTS),
        help=" ".join(f"{name}: {getattr(Parts, name).__doc__}" for name in PARTS),
    )
    parser.add_argument("--chart", type=Path, help="where the chart goes (beside the result)")
    return parser.parse_args()


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run the comparison and the chosen parts; returns the result."""
    with running_bench() as running:
        facts = {"machine": machine(), "versions": versions(running.server)}
        parts = Parts(running, options)
        sections = {}
        # first, because it also measures a server that has just started
        if "small" in options.parts:
            sections["small"] = parts.small()
        parts.warm_up(options.rows)
        comparison = parts.compare()
        for name in PARTS[1:]:
            if name in options.parts:
                # an hour's other results are kept
                try:
                    sections[name] = getattr(parts, name)()
                except BenchmarkError as error:
                    say(f"The part {name} has failed: {error}")
    (event_log,) = (running.folder / "events").iterdir()
    tasks = read_tasks(event_log)
    shutil.rmtree(running.folder)
    return {
        **facts,
        "rounds": options.rounds,
        "data": parts.data.facts(),
        **{name: section(tasks) for name, section in sections.items()},
        **comparison(tasks),
    }


def compare_with_last(result: dict[str, Any]) -> None:
    """Add the ratios to the last recorded result, if there is one."""
    if last := last_result(result["data"], result["machine"]["cores"]):
        for kind in ("wall", "cpu"):
            ratio = result["pipeline"][kind] / last["pipeline"][kind]
            result["ratios"]["pipeline"][f"last_{kind}"] = round(ratio, 3)


def main() -> None:
    """Measure, print, record."""
    options = read_options()
    try:
        measured = measure(options)
    except BenchmarkError as error:
        sys.exit(str(error))
    now = datetime.now(timezone.utc)
    result = {"made_at": f"{now:%Y-%m-%d %H:%M} UTC", **measured}
    compare_with_last(result)
    record = write_record(result, now)
    chart = options.chart or record.with_suffix(".png")
    draw(result, chart)
    print(all_tables(result))
    say(f"Recorded in {record}, drawn in {chart}")
