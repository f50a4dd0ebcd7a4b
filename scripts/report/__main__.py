"""python -m scripts.report: see `scripts.report`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts import report
from scripts.errors import CommandError
from scripts.paths import OUTPUT


def main() -> None:
    """Write the page; without a release print one sentence and exit with code 1."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.report", description=report.__doc__.split("\n")[0]
    )
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument(
        "--boundary", type=Path, metavar="FILE", help="polygons whose outlines the maps show"
    )
    options = parser.parse_args()
    try:
        page = report.write(options.output, options.boundary)
    except CommandError as error:
        sys.exit(str(error))
    print(f"The report is in {page}. It opens without a network.")


if __name__ == "__main__":
    main()
