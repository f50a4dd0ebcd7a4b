"""The mock-ups that are attacked, and small changes to them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from scripts import mockup

MOCKUPS = {
    # few antennas, one of them with two residents: small enough for exact attacks
    "small": mockup.Options(**mockup.PLAIN, seed=9, users=480, antennas=14),
    "city": mockup.Options(**mockup.PLAIN, users=1400, antennas=40),
    # most hours and pairs are of few people
    "sparse": mockup.Options(**mockup.PLAIN, users=1400, antennas=40, events_per_day=0.5),
}
# for the attacks on the gate: four weeks, and a week more
GATE = mockup.Options(**mockup.PLAIN, antennas=50, days=35)
GATE_DAYS = 28


def days(raw: Path) -> list[Path]:
    """The files of a mock-up, one a day."""
    return sorted(raw.glob("20*.csv"))


def capital(raw: Path) -> list[str]:
    """A value for var capital: half of the antennas, so that either half has withheld pairs."""
    cells = pd.read_csv(raw / "MS_LOCATION.csv", header=None, dtype=str)
    antennas = sorted(cells[0].unique())
    return antennas[: len(antennas) // 2]


def remove_last_days(raw: Path, left: int) -> None:
    """Keep so many days only."""
    for file in days(raw)[left:]:
        file.unlink()


def remove_a_person(raw: Path) -> None:
    """Take the records of one person of an antenna of middle size out of the files."""
    homes = pd.read_csv(raw / "truth" / "homes.csv", dtype=str)
    residents = homes.groupby("antenna_id")["user_id"].transform("count")
    person = homes["user_id"][residents.between(30, 40)].iloc[0]
    for file in days(raw):
        rows = file.read_text().splitlines(keepends=True)
        file.write_text("".join(row for row in rows if row.split(",")[1] != person))
