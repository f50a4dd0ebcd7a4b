"""Broken rows, as faults of a transfer leave them: good rows once more, with one fault each."""

from __future__ import annotations

from pathlib import Path

from numpy.random import Generator

from scripts.mockup.delivery import COLUMNS

SEED = 1_000_002  # beyond the streams of days and of districts
# What becomes of which column, and how often. The pipeline rejects the row for the reason that is the
# fault's name. None: the row is cut off before this column.
FAULTS: dict[str, tuple[str, str | None, float]] = {
    "unknown_cell": ("cell_id", "unknown-1", 0.4),
    "bad_timestamp": ("datetime", "0000-00-00 00:00:00", 0.2),
    "malformed_row": ("correspondent_id", None, 0.15),
    "missing_id": ("caller_id", "", 0.1),
    "unknown_direction": ("direction", "7", 0.08),
    "unknown_interaction": ("interaction", "9", 0.07),
}


def append_broken_rows(rng: Generator, file: Path, share: float) -> list[tuple[str, int, str]]:
    """Append so many broken rows to a file; returns its name, line and fault of each."""
    lines = file.read_text("utf-8").splitlines() if share else []
    count = rng.poisson(share * len(lines))
    chosen = rng.integers(0, max(len(lines), 1), count)
    chances = [chance for *_, chance in FAULTS.values()]
    faults = rng.choice(list(FAULTS), count, p=chances).tolist()
    with file.open("a", encoding="utf-8") as end:
        for number, fault in zip(chosen, faults, strict=True):
            end.write(_spoilt(lines[number], fault) + "\n")
    return [(file.name, line, fault) for line, fault in enumerate(faults, len(lines) + 1)]


def _spoilt(line: str, fault: str) -> str:
    """The line with this fault."""
    column, value, _ = FAULTS[fault]
    values = line.split(",")
    where = COLUMNS.index(column)
    values[where:] = [] if value is None else [value, *values[where + 1 :]]
    return ",".join(values)
