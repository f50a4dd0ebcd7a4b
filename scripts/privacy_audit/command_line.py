"""The command line: runs the parts of the audit that are asked for, and tells what was found."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from scripts import privacy_audit
from scripts.errors import CommandError
from scripts.paths import OUTPUT
from scripts.privacy_audit.disclosure.audit import CONCESSIONS
from scripts.privacy_audit.mockups import MOCKUPS
from scripts.privacy_audit.parts import PARTS, Choice, Found

PERIODS = ("all", "week", "month")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.privacy_audit",
        description=(privacy_audit.__doc__ or "").split("\n")[0],
    )

    def several(flag: str, names: list[str], default: list[str], meaning: str) -> None:
        parser.add_argument(
            flag,
            nargs="+",
            choices=names,
            default=default,
            help=f"{meaning} (default: {' '.join(default)})",
        )

    several("--parts", list(PARTS), list(PARTS), "parts of the audit")
    several("--mockups", list(MOCKUPS), ["small"], "mock-ups for all parts but gate")
    several("--periods", list(PERIODS), list(PERIODS), "values of the var period, for disclosure")
    parser.add_argument("--each", action="store_true", help="also attack with some views at a time")
    parser.add_argument(
        "--insider", action="store_true", help="also attack with the people of each mean known"
    )
    parser.add_argument("--people", type=int, default=300, help="targets at larger antennas")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    return parser


def _tell(found: Found) -> None:
    """The table, and a sentence for each concession in it."""
    print(f"\n{found.title}\n{found.table.to_string(float_format='%.2f')}", flush=True)
    for attack, reason in CONCESSIONS.items():
        if attack in found.table.index:
            print(f"Conceded ({attack}): {reason}.")


def main(arguments: list[str] | None = None) -> int:
    """Run the audit; exit code 1 if a release discloses what it must not, or a run has failed."""
    options = _parser().parse_args(arguments)
    choice = Choice(options.mockups, options.periods, options.each, options.insider, options.people)
    results: list[Found] = []
    try:
        for part in options.parts:
            for found in PARTS[part](choice):
                _tell(found)
                results.append(found)
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    written = {found.title: found.table.reset_index().to_dict("records") for found in results}
    options.output.mkdir(parents=True, exist_ok=True)
    file = options.output / "privacy_audit.json"
    file.write_text(json.dumps(written, indent=1, default=float) + "\n")
    print(f"\nWritten to {file}.")
    failed = [found for found in results if found.failures]
    for found in failed:
        print(
            f"{found.title}: {found.failures} quantities that rest on too few people follow from "
            "the release.",
            file=sys.stderr,
        )
    return 1 if failed else 0
