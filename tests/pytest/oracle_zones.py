"""The second opinion on releases of zones: the tables of bench.oracle with zones for antennas."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from bench.oracle import Oracle
from bench.oracle.antennas import create_antennas
from bench.oracle.features import create_features
from bench.oracle.sql import table

#: One of the zones of `write_thirds`
CAPITAL = "zone 1"


def write_thirds(folder: Path, locations: str) -> Path:
    """A zones file: three zones of the antennas of a locations file; some antennas are in none."""
    antennas = sorted({line.split(",")[0] for line in Path(locations).read_text().splitlines()})
    zones = {
        antenna: f"zone {number % 3}" for number, antenna in enumerate(antennas) if number % 5 != 4
    }
    return write_zones(folder / "zones.csv", zones)


def write_zones(path: Path, zones: Mapping[str, str]) -> Path:
    """A zones file, a list of antennas."""
    frame = pd.DataFrame({"antenna_id": list(zones), "zone_id": list(zones.values())})
    frame.assign(zone_name="the " + frame["zone_id"]).to_csv(path, index=False)
    return path


def read_zones(path: str) -> dict[str, str]:
    """The zone of each antenna in such a file."""
    frame = pd.read_csv(path, dtype=str)
    return dict(zip(frame["antenna_id"], frame["zone_id"], strict=True))


def of_zones(oracle: Oracle, zones: Mapping[str, str], capital: Sequence[str] = ()) -> Oracle:
    """Level 2 and later once more, with the zone of each home instead of its antenna.

    Kilometres are those between the two home antennas.
    """
    con = oracle.con
    zone_of = pd.DataFrame({"antenna_id": list(zones), "zone_id": list(zones.values())})
    con.register("zone_of", zone_of)
    table(con, "sites", "from oracle.antennas")
    table(con, "home_sites", "from oracle.user_home_antenna")
    table(
        con,
        "antennas",
        """
        select zone_id as antenna_id, avg(longitude) as longitude, avg(latitude) as latitude
        from oracle.sites inner join zone_of using (antenna_id)
        group by zone_id
        """,
    )
    table(
        con,
        "user_home_antenna",
        """
        select home_sites.* replace (zone_id as antenna_id)
        from oracle.home_sites inner join zone_of using (antenna_id)
        """,
    )
    create_antennas(con)
    create_features(con, oracle.params)
    distances = con.sql(
        """
        select
            zone_of.zone_id as antenna_id,
            km(here.latitude, here.longitude, there.latitude, there.longitude) as km,
            count(*) filter (interaction = 'call') as calls,
            count(*) filter (interaction = 'text') as sms
        from oracle.human_events
        inner join oracle.home_sites as home on caller_id = home.user_id
        inner join oracle.home_sites as partner on correspondent_id = partner.user_id
        inner join zone_of on home.antenna_id = zone_of.antenna_id
        inner join zone_of as partner_zone on partner.antenna_id = partner_zone.antenna_id
        inner join oracle.sites as here on home.antenna_id = here.antenna_id
        inner join oracle.sites as there on partner.antenna_id = there.antenna_id
        group by all
        """
    ).df()
    for kind in ("calls", "sms"):
        sums = distances.assign(km=distances["km"] * distances[kind]).groupby("antenna_id")
        con.register("means", (sums["km"].sum() / sums[kind].sum()).rename("mean").reset_index())
        for name in ("interaction_features", "final_features"):
            con.execute(
                f"update oracle.{name} set {kind}_dist_mean = means.mean "
                f"from means where {name}.antenna_id = means.antenna_id and not isnan(means.mean)"
            )
    return Oracle(con, dataclasses.replace(oracle.params, capital=capital))
