"""The command line: makes the data, runs the pipeline, attacks, and tells what was found."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from scripts import mockup, privacy_audit
from scripts.errors import CommandError
from scripts.paths import OUTPUT
from scripts.privacy_audit.attacks import membership, reading_off, smallest_antenna, subtraction
from scripts.privacy_audit.measures import MAX_SHARE, K
from scripts.privacy_audit.pipeline import Tables, project, run_pipeline
from scripts.privacy_audit.release import check


def remove_a_person(raw: Path) -> None:
    """Take the records of one person of an antenna of middle size out of the files."""
    homes = pd.read_csv(raw / "truth" / "homes.csv", dtype=str)
    residents = homes.groupby("antenna_id")["user_id"].transform("count")
    person = homes["user_id"][residents.between(30, 40)].iloc[0]
    for file in raw.glob("20*.csv"):
        rows = file.read_text().splitlines(keepends=True)
        file.write_text("".join(row for row in rows if row.split(",")[1] != person))


def audit(four: Tables, fewer: Tables, five: Tables, people: int) -> dict[str, pd.DataFrame]:
    """All attacks, a table each."""
    check(four)

    def by_gate(attack: Callable[[bool], dict[str, int]]) -> pd.DataFrame:
        return pd.DataFrame({"gate off": attack(False), "gate on": attack(True)})

    return {
        "Reading off one release": by_gate(lambda gate: reading_off(four, gate)),
        "Through scaled_* to the smallest antenna, gate on": smallest_antenna(four),
        "Membership": membership(four, people),
        "Subtraction, one person more": by_gate(lambda gate: subtraction(fewer, four, gate)),
        "Subtraction, one week more": by_gate(lambda gate: subtraction(four, five, gate)),
    }


def three_runs() -> tuple[Tables, Tables, Tables]:
    """Make the data and run the pipeline: four weeks, the same without a person, five weeks."""
    with tempfile.TemporaryDirectory() as temporary, project(folder := Path(temporary)):
        raw = folder / "raw"
        mockup.generate(mockup.Options(antennas=50, days=35), raw)
        five = run_pipeline(raw, folder)
        for file in sorted(raw.glob("20*.csv"))[28:]:
            file.unlink()
        four = run_pipeline(raw, folder)
        remove_a_person(raw)
        fewer = run_pipeline(raw, folder)
    return four, fewer, five


def main() -> None:
    """Make the data, run the pipeline three times, attack, tell."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.privacy_audit", description=privacy_audit.__doc__.split("\n")[0]
    )
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--people", type=int, default=300, help="targets at larger antennas")
    options = parser.parse_args()
    try:
        tables = audit(*three_runs(), options.people)
    except CommandError as error:
        sys.exit(str(error))
    for title, table in tables.items():
        print(f"\n{title}\n{table.to_string(float_format='%.2f')}")
    found = {title: table.reset_index().to_dict("records") for title, table in tables.items()}
    found = {"privacy_k": K, "privacy_max_share": MAX_SHARE, **found}
    options.output.mkdir(parents=True, exist_ok=True)
    file = options.output / "privacy_audit.json"
    file.write_text(json.dumps(found, indent=1, default=float) + "\n")
    print(f"\nWritten to {file}.")


if __name__ == "__main__":
    main()
