"""Everything in the mock-up's folder: the delivered files, the truth behind them, the manifest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from scripts.mockup import districts
from scripts.mockup.delivery import COLUMNS, DayWriter, locations
from scripts.mockup.events import FIRST_CUSTOMER, day_events
from scripts.mockup.options import Options
from scripts.mockup.whereabouts import serving_antennas, whereabouts
from scripts.mockup.world import World, build_world


def write_contents(options: Options, folder: Path) -> dict[str, Any]:
    """Write the whole mock-up into an empty folder; returns the manifest."""
    world = build_world(options)
    rows: dict[str, int] = {}
    writer = DayWriter(world)
    for number, day in enumerate(options.dates()):
        rng = np.random.default_rng([options.seed, 1 + number])
        antenna_at = whereabouts(rng, world, day)
        name = f"{day:%Y%m%d}.csv"
        rows[name] = writer.write(folder / name, day, day_events(rng, world, day), antenna_at)
    records = sum(rows.values())
    rows["MS_LOCATION.csv"] = _write_rows(folder / "MS_LOCATION.csv", list(locations(world)))
    zones = districts.geojson(world)
    (folder / "zones.geojson").write_text(json.dumps(zones, indent=1) + "\n", "utf-8")
    rows["zones.geojson"] = len(zones["features"])
    rows["population.csv"] = _write_rows(folder / "population.csv", districts.population(world)) - 1
    rows |= _write_truth(world, folder)
    manifest = {
        "made_by": "scripts.mockup",
        "options": asdict(options),
        "columns": COLUMNS,
        "records": records,
        "files": {n: {"rows": c, "sha256": _sha256(folder / n)} for n, c in rows.items()},
    }
    text = json.dumps(manifest, indent=1, default=str) + "\n"
    (folder / "truth/manifest.json").write_text(text, "utf-8")
    return manifest


def _write_truth(world: World, folder: Path) -> dict[str, int]:
    """Write the truth that the pipeline should find; returns the number of rows of each file."""
    (folder / "truth").mkdir()
    homes = [(FIRST_CUSTOMER + user, world.antenna_ids[a]) for user, a in enumerate(world.homes)]
    machines = [(FIRST_CUSTOMER + user,) for user in np.flatnonzero(world.is_machine)]
    outage = [
        (day, world.antenna_ids[antenna], world.antenna_ids[serving_antennas(world, day)[antenna]])
        for day, antenna in world.outages
    ]
    return {
        name: _write_rows(folder / name, [header, *truth]) - 1
        for name, header, truth in (
            ("truth/homes.csv", ("user_id", "antenna_id"), homes),
            ("truth/machines.csv", ("user_id",), machines),
            ("truth/outage.csv", ("date", "antenna_id", "served_by"), outage),
        )
    }


def _write_rows(path: Path, rows: list[tuple]) -> int:
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), "utf-8")
    return len(rows)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
