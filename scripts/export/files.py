"""How files are written: a file is replaced as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from scripts.errors import CommandError

# First characters of a cell that a spreadsheet takes for a formula.
FORMULA = r"^[=+\-@\t\r]"


def make_folder(output: Path) -> None:
    """Make the folder for the files."""
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"The folder {output} cannot be made: {error.strerror}.") from error


def without_formulas(table: pa.Table) -> pa.Table:
    """A table for CSV: ids that a spreadsheet would run as a formula get an apostrophe in front."""
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            text = table[field.name]
            quoted = pc.binary_join_element_wise("'", text, "")
            is_formula = pc.match_substring_regex(text, FORMULA)
            table = table.set_column(place, field, pc.if_else(is_formula, quoted, text))
    return table


def write_csv(path: Path, table: pa.Table) -> None:
    """Write a table as CSV."""
    replace_file(path, partial(pa.csv.write_csv, table))


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Write a draft beside the file, then replace the file by it in one step."""
    draft = path.with_name(path.name + ".new")
    write(draft)
    draft.replace(path)
