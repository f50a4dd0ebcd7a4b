"""The truth behind the records, which the pipeline should find again, and its description."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scripts.mockup.deprivation import SHORTER_CALLS
from scripts.mockup.districts import CAPITAL
from scripts.mockup.events import FIRST_CUSTOMER
from scripts.mockup.whereabouts import serving_antennas
from scripts.mockup.world import World

README = """# The truth behind this mock-up

The records of this folder are invented. These files have what the records follow from. No pipeline
may read them: compare its results with them.

| file | one row per | columns |
|---|---|---|
| homes.csv | customer | user_id, antenna_id of the home |
| machines.csv | customer that is an automated sender of texts | user_id |
| outage.csv | day and antenna that is silent on that day | date, antenna_id, served_by (the antenna that serves its area meanwhile) |
| broken_rows.csv | broken row of the CDR files | file, line (from 1), reason for which the pipeline rejects it |
{deprivation_file}| manifest.json | | the options, the numbers of rows and the SHA-256 of every file |
{deprivation}
## Outages and broken rows

An antenna that is silent has no events; the nearest other antenna has them. Broken rows are at the end
of the files. Each is a good row once more, with one fault. Without them the records are complete.
"""

DEPRIVATION_FILE = """| deprivation.csv | district where people live | zone, zone_name, is_capital (1 or 0), deprivation |
"""

DEPRIVATION = """
## Deprivation

The index of deprivation has the mean 50 and the standard deviation 15. A high value means that much
is lacking. The capital is {zone_id}, {name}: a release with the var `capital` names it. It is the
densest district.

In remote districts more ties are within the district, others reach far, and few lead to the capital.
The index was made last: a weighted sum of ranks and some noise, so that its rank correlations with the
ties and with density are about as large as those found in the communes of Senegal in 2013:

| Spearman's rank correlation of the index with | published strength, with the sign used here |
|---|---|
| people per km2 | -0.70 |
| antennas per km2 | -0.69 |
| mean distance of calls | 0.79 |
| share of calls with the capital | -0.71 |
| entropy of a district's calls over districts | -0.64 |

A release of few districts or people shows them less exactly. Where there are fewer than about
twelve districts, these correlations contradict each other, and are weaker.

Calls that people in deprived districts start tend to be shorter: the correlation of the logarithm of
their length with the index is about {shorter}. This is not from a study.
"""


def write_truth(world: World, broken: list[tuple], folder: Path) -> dict[str, int]:
    """Write the truth into a new folder `truth`; returns the number of rows of each file.

    `broken` has file, line and fault of each broken row.
    """
    (folder / "truth").mkdir()
    text = _readme(world)
    (folder / "truth/README.md").write_text(text, "utf-8")
    lines = {"truth/README.md": text.count("\n")}
    for name, header, rows in _tables(world, broken):
        write_rows(folder / f"truth/{name}.csv", [header, *rows])
        lines[f"truth/{name}.csv"] = len(rows)
    return lines


def write_rows(path: Path, rows: list[tuple]) -> None:
    """Write rows as CSV."""
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), "utf-8")


def _tables(
    world: World, broken: list[tuple]
) -> Iterator[tuple[str, tuple[str, ...], list[tuple]]]:
    """Name, header and rows of each file."""
    ids = world.antenna_ids
    homes = [(FIRST_CUSTOMER + user, ids[home]) for user, home in enumerate(world.homes)]
    yield "homes", ("user_id", "antenna_id"), homes
    machines = [(FIRST_CUSTOMER + user,) for user in np.flatnonzero(world.is_machine)]
    yield "machines", ("user_id",), machines
    outages = [
        (day, ids[antenna], ids[serving_antennas(world, day)[antenna]])
        for day, antenna in world.outages
    ]
    yield "outage", ("date", "antenna_id", "served_by"), outages
    yield "broken_rows", ("file", "line", "reason"), broken
    if world.deprivation is not None:
        districts = [
            (district.zone_id, district.name, int(number == CAPITAL), index)
            for number, (district, index) in enumerate(
                zip(world.districts, world.deprivation, strict=True)
            )
            if not np.isnan(index)
        ]
        yield "deprivation", ("zone", "zone_name", "is_capital", "deprivation"), districts


def _readme(world: World) -> str:
    """The description of the files."""
    if world.deprivation is None:
        return README.format(deprivation_file="", deprivation="")
    capital = world.districts[CAPITAL]
    text = DEPRIVATION.format(zone_id=capital.zone_id, name=capital.name, shorter=SHORTER_CALLS)
    return README.format(deprivation_file=DEPRIVATION_FILE, deprivation=text)
