"""What a run has read and released, for the terminal; from released tables only."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table

from scripts.export import unit
from scripts.report.words import REASONS

SHOWN = (
    "longitude", "latitude", "active_users", "calls_ratio", "sms2calls_ratio", "calls_dist_mean",
    "og_calls_work_ratio",
)  # fmt: skip
ROWS = 5
WITHHELD = {
    "withheld_k": "too few people",
    "withheld_dominance": "one person accounts for too much",
    "withheld_rest": "would reveal another value",
}


def show(tables: Mapping[str, pa.Table], is_gate_off: bool, console: Console | None = None) -> None:
    """Print the delivery, the decisions of the gate, and the first rows of the features."""
    console = console or Console(highlight=False)
    console.print()
    for line in [*_delivery(tables), *_gate(tables["release_report"])]:
        console.print(line, markup=False, soft_wrap=True)
    if is_gate_off:
        console.print("The privacy gate is off, so no row is shown here.")
    else:
        console.print(_first_rows(tables["final_features"]))


def _delivery(tables: Mapping[str, pa.Table]) -> list[str]:
    """Files and rows, rounded as they are released. The accepted rows are those of the run: a sum of
    rounded days would look exact, and be far off."""
    quality = tables["data_quality"]
    run = tables["release_run"].to_pylist()[0]
    sums = {name: pc.sum(quality[name]).as_py() or 0 for name in REASONS}
    rejected = {REASONS[name]: rows for name, rows in sums.items() if rows}
    none_rejected = "" if rejected else ", none rejected"
    lines = [
        f"  Delivery    {run['files']} files, {run['first_day']} to {run['last_day']}",
        f"              about {run['accepted_rows']:,} rows accepted{none_rejected}",
    ]
    for reason, rows in sorted(rejected.items(), key=lambda one: -one[1]):
        lines.append(f"              rejected: {rows:,} rows, {reason}")
    return lines


def _gate(report: pa.Table) -> list[str]:
    """How many values were released, and why others were not. Of pairs only the former is known."""
    sums = {name: pc.sum(report[name]).as_py() or 0 for name in ("released", *WITHHELD)}
    lines = [f"  Release     {sums['released']:,} values"]
    lines += [
        f"              withheld: {sums[name]:,}, {reason}"
        for name, reason in WITHHELD.items()
        if sums[name]
    ]
    return lines


def _text(value: object) -> str:
    """A value, or nothing where it is withheld or does not exist."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _first_rows(features: pa.Table) -> Table:
    """A few rows and columns of final_features."""
    named = [name for name in ("period", f"{unit(features)}_id") if name in features.column_names]
    columns = [*named, *SHOWN][:8]
    table = Table(title="final_features, the first rows", title_justify="left", box=None)
    for name in columns:
        # narrow enough for 80 characters
        heading = name.replace("_", "_\n")
        table.add_column(heading, justify="left" if name in named else "right", overflow="fold")
    for row in features.select(columns).slice(0, ROWS).to_pylist():
        table.add_row(*map(_text, row.values()))
    return table
