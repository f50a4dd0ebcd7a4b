"""python -m scripts.export: see `scripts.export`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts import export
from scripts.errors import CommandError
from scripts.paths import OUTPUT


def main() -> None:
    """Export and print the size of each table; on failure print one sentence and exit with code 1."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.export", description=export.__doc__.split("\n")[0]
    )
    parser.add_argument("--output", type=Path, default=OUTPUT)
    try:
        written = export.export(parser.parse_args().output)
    except CommandError as error:
        sys.exit(str(error))
    for name, table in written.items():
        print(f"{name}: {table.num_rows} rows, {table.num_columns} columns")


if __name__ == "__main__":
    main()
