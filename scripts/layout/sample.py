"""The first lines of a file, split into fields."""

from __future__ import annotations

import bz2
import csv
import gzip
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import zstandard

from dbt_gnuper.local_files import local_file_problem
from scripts.errors import CommandError

LINES = 20_000
DELIMITERS = (",", ";", "\t", "|")
QUOTES = ('"', "'")


@dataclass
class Sample:
    """What a file looks like: how its lines are split, the names of its columns, some rows."""

    path: Path
    encoding: str
    delimiter: str
    quote: str
    escape: str
    header: list[str] | None
    rows: list[list[str]]
    has_short_rows: bool

    @property
    def columns(self) -> list[str]:
        """Names of the columns: those of the header, or numbers."""
        return self.header or [f"column_{number}" for number in range(1, self.width + 1)]

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.header or self.rows[0])

    def values(self, position: int) -> list[str]:
        """The values of a column; empty ones where rows end early."""
        return [row[position] if position < len(row) else "" for row in self.rows]


def read_sample(path: Path) -> Sample:
    """The first lines of a CSV file.

    Raises:
        CommandError: when the file cannot be read as CSV.
    """
    problem = local_file_problem(str(path))
    if problem:
        raise CommandError(f"The file '{path}' {problem}. Unpack or convert it first.")
    encoding, lines = _lines(path)
    if not lines:
        raise CommandError(f"The file '{path}' is empty.")
    delimiter = max(DELIMITERS, key=lambda mark: _fit(lines, mark))
    quote = _quote(lines, delimiter)
    escape = '"' if quote == '"' and any('""' in line for line in lines) else "\\"
    rows = [_split(line, delimiter, quote, escape) for line in lines]
    width = max(Counter(map(len, rows)).items(), key=lambda item: (item[1], item[0]))[0]
    # the longest rows, if many end early
    width = max([width, *(n for n, c in Counter(map(len, rows)).items() if c > 0.05 * len(rows))])
    rows = [row for row in rows if len(row) <= width]
    header = rows[0] if _is_header(rows, width) else None
    body = rows[1:] if header else rows
    is_short = [len(row) < width for row in body]
    return Sample(
        path, encoding, delimiter, quote, escape, header, body, sum(is_short) > 0.01 * len(body)
    )


def _lines(path: Path) -> tuple[str, list[str]]:
    """The encoding and the first lines that are not blank."""
    openers: dict[str, Callable[..., IO[Any]]] = {
        ".gz": gzip.open,
        ".bz2": bz2.open,
        ".zst": zstandard.open,
    }
    opener = openers.get(path.suffix.lower(), open)
    for encoding in ("UTF-8", "windows-1252"):
        try:
            with opener(path, "rt", encoding=encoding, newline="") as file:
                lines = [line.rstrip("\r\n") for line in itertools.islice(file, LINES)]
        except UnicodeDecodeError:
            continue
        except (OSError, EOFError) as error:
            raise CommandError(f"The file '{path}' cannot be read: it is damaged.") from error
        return encoding, [line.lstrip("\ufeff") for line in lines if line.strip("\ufeff \t")]
    raise CommandError(f"The file '{path}' is neither UTF-8 nor windows-1252. Convert it first.")


def _fit(lines: list[str], delimiter: str) -> float:
    """How well a delimiter splits lines: many columns, the same number in most lines."""
    counts = Counter(line.count(delimiter) for line in lines)
    columns, frequency = max(counts.items(), key=lambda item: item[1])
    return columns * frequency / len(lines)


def _quote(lines: list[str], delimiter: str) -> str:
    """The quote around fields; the usual one if there is none."""

    def quoted(quote: str) -> int:
        fields = (field for line in lines[:200] for field in line.split(delimiter))
        return sum(len(f) > 1 and f.startswith(quote) and f.endswith(quote) for f in fields)

    return max(QUOTES, key=quoted)


def _split(line: str, delimiter: str, quote: str, escape: str) -> list[str]:
    doubled = escape == quote
    return next(
        csv.reader(
            [line], delimiter=delimiter, quotechar=quote, doublequote=doubled,
            escapechar=None if doubled else "\\",
        )
    )  # fmt: skip


def _is_header(rows: list[list[str]], width: int) -> bool:
    """Whether the first row has names: all filled in, different, without long numbers, and not among
    the values of their columns."""
    first, rest = rows[0], rows[1:200]
    names = [name.strip() for name in first]
    if len(names) != width or len(set(names)) < width or not rest:
        return False
    has_numbers = any(sum(map(str.isdigit, name)) > 2 for name in names)
    is_value = any(name in {r[i] for r in rest if i < len(r)} for i, name in enumerate(first))
    return all(names) and not has_numbers and not is_value
