"""The command line of the mock-up: reads the options and reports errors in one line each."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import NoReturn

from scripts.mockup.folder import generate
from scripts.mockup.options import OptionError, Options, flag, read_options
from scripts.paths import PROJECT_ROOT, SAMPLE


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print one line, without the usage that argparse prints first."""
        self.exit(2, f"mockup: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m scripts.mockup",
        description="Write a mock-up of call detail records whose truth is known.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=SAMPLE.relative_to(PROJECT_ROOT),
        help="folder (default: %(default)s)",
    )
    parser.add_argument("--force", action="store_true", help="replace an earlier mock-up")
    for option in fields(Options):
        default = option.default
        shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
        least, most = option.metadata["least"], option.metadata["most"]
        span = "" if least is None else f"; {least} to {most}"
        parser.add_argument(
            flag(option.name),
            default=argparse.SUPPRESS,
            metavar="X",
            help=f"{option.metadata['meaning']} (default: {shown}{span})",
        )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, 1 (files), 2 (options)."""
    given = vars(_parser().parse_args(arguments))
    output, force = given.pop("output"), given.pop("force")
    try:
        manifest = generate(read_options(given), output, force)
    except OptionError as error:
        print(f"mockup: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"mockup: cannot write to {output}: {error}", file=sys.stderr)
        return 1
    days = manifest["options"]["days"]
    print(f"{output}: {manifest['records']:,} records of {days} days")
    return 0
