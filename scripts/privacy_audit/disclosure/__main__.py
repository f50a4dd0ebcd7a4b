"""Attacks a release that is in files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from scripts.privacy_audit import disclosure
from scripts.privacy_audit.disclosure.audit import audit, claims, claims_about_all, failures
from scripts.privacy_audit.disclosure.release import read_release
from scripts.privacy_audit.disclosure.scores import summary


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.privacy_audit.disclosure",
        description=(disclosure.__doc__ or "").split("\n")[0],
    )
    parser.add_argument("--release", type=Path, required=True, help="folder of exported files")
    parser.add_argument("--truth", type=Path, help="folder of restricted tables as Parquet files")
    parser.add_argument("--each", action="store_true", help="also attack with some views at a time")
    parser.add_argument(
        "--insider", action="store_true", help="also attack with the people of each mean known"
    )
    parser.add_argument("--output", type=Path, help="write the scores or claims as CSV")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Print the table; exit code 1 if something protected was determined."""
    options = _parser().parse_args(arguments)
    if options.truth is None:
        releases = read_release(options.release)
        found = claims_about_all(releases)
        found += [c for release in releases.values() for c in claims(release, options.each)]
        table = pd.DataFrame(found)
        print(table.groupby("attack", sort=False).size().to_string())
        number = 0
    else:
        table = audit(options.release, options.truth, each=options.each, insider=options.insider)
        print(summary(table).to_string())
        number = len(failures(table))
    if options.output:
        table.to_csv(options.output, index=False)
    return 1 if number else 0


if __name__ == "__main__":
    sys.exit(main())
