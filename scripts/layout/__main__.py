"""Print the draft of a layout."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.errors import CommandError
from scripts.layout.draft import draft
from scripts.layout.sample import read_sample


def main(arguments: list[str]) -> int:
    """Draft a layout; the exit code."""
    if not arguments or len(arguments) > 2:
        raise CommandError(
            "Name a CDR file, and the antennas file if there is one: "
            "make layout FILE=/data/20181001.csv ANTENNAS=/data/cells.csv"
        )
    records, *antennas = (read_sample(Path(name)) for name in arguments)
    print(draft(records, antennas[0] if antennas else None))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main([argument for argument in sys.argv[1:] if argument]))
    except CommandError as error:
        sys.exit(str(error))
