"""Mock-up of call detail records (CDR): an invented city whose truth is known.

    python -m scripts.mockup --output data/sample

People live, work, travel and know each other. The records follow from that, so the pipeline should
find these rhythms, homes, ties and the deprivation of districts again. The output folder holds

    YYYYMMDD.csv      the records of one day, by time, no header; columns as in `COLUMNS`
    MS_LOCATION.csv   antenna_id, cell_id, longitude, latitude, no header
    zones.geojson     the districts of the area: zone_id, zone_name
    population.csv    the people of each district: zone, population, area_km2
    truth/            the truth behind the records, described in its README.md: homes, machines, an
                      outage, broken rows, the deprivation of the districts, and manifest.json
                      (options, row counts, SHA-256 of every file)

The same options give the same bytes (with the same version of numpy): every random number comes
from `--seed`, each day has its own stream, and neither the clock nor hash order plays a part.
Days are built one after the other: memory depends on the records of one day, not on the period.
"""

from __future__ import annotations

from scripts.mockup.command_line import main
from scripts.mockup.delivery import COLUMNS
from scripts.mockup.events import FIRST_CUSTOMER, IN_NETWORK
from scripts.mockup.folder import generate
from scripts.mockup.options import PLAIN, OptionError, Options

__all__ = [
    "COLUMNS",
    "FIRST_CUSTOMER",
    "IN_NETWORK",
    "PLAIN",
    "OptionError",
    "Options",
    "generate",
    "main",
]
