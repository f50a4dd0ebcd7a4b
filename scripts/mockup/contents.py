"""Everything in the mock-up's folder: the delivered files, the truth behind them, the manifest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from scripts.mockup import broken, districts
from scripts.mockup.delivery import COLUMNS, DayWriter, locations
from scripts.mockup.events import day_events
from scripts.mockup.options import Options
from scripts.mockup.truth import write_rows, write_truth
from scripts.mockup.whereabouts import whereabouts
from scripts.mockup.world import World, build_world


def write_contents(options: Options, folder: Path) -> dict[str, Any]:
    """Write the whole mock-up into an empty folder; returns the manifest."""
    world = build_world(options)
    rows: dict[str, int] = {}
    broken_rows: list[tuple] = []
    writer = DayWriter(world)
    for number, day in enumerate(options.dates()):
        rng = np.random.default_rng([options.seed, 1 + number])
        antenna_at = whereabouts(rng, world, day)
        name = f"{day:%Y%m%d}.csv"
        rows[name] = writer.write(folder / name, day, day_events(rng, world, day), antenna_at)
        faults = np.random.default_rng([options.seed, broken.SEED, number])
        appended = broken.append_broken_rows(faults, folder / name, options.broken_rows)
        rows[name] += len(appended)
        broken_rows += appended
    records = sum(rows.values())
    cells = list(locations(world))
    write_rows(folder / "MS_LOCATION.csv", cells)
    rows["MS_LOCATION.csv"] = len(cells)
    zones = districts.geojson(options, world.districts)
    (folder / "zones.geojson").write_text(json.dumps(zones, indent=1) + "\n", "utf-8")
    write_rows(folder / "population.csv", _population(world))
    rows["zones.geojson"] = rows["population.csv"] = len(world.districts)
    rows |= write_truth(world, broken_rows, folder)
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


def _population(world: World) -> list[tuple]:
    """The rows of population.csv, with a header."""
    rows = zip(world.districts, world.population, strict=True)
    return [
        ("zone", "population", "area_km2"),
        *((one.zone_id, people, round(one.area.area, 1)) for one, people in rows),
    ]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
