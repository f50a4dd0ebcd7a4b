"""The districts of the area and their people, for releases by zone instead of by antenna."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely

from scripts.mockup.world import World

KM_PER_DEGREE = 111.195
# Share of the people who are customers of the operator, by district.
PENETRATION = (0.2, 0.5)
SEED = 1_000_000  # beyond the streams of days


def districts(world: World) -> dict[str, shapely.Polygon]:
    """The districts by name, in km from the centre of the area.

    The centre lies in a hole of the city around it, four regions reach to the edge of the area and a
    little further, and beyond it is a lake without antennas.
    """
    extent = world.options.extent
    city, edge = 0.2 * extent, 0.52 * extent
    centre = shapely.Point(0, 0).buffer(0.08 * extent, quad_segs=4)
    corners = [(1, 1), (1, -1), (-1, -1), (-1, 1)]
    regions = {}
    for name, first, second in zip(
        ("East", "South", "West", "North"), corners, corners[1:] + corners[:1], strict=True
    ):
        ring = [(x * city, y * city) for x, y in (first, second)]
        ring += [(x * edge, y * edge) for x, y in (second, first)]
        regions[name] = shapely.Polygon(ring)
    return {
        "Centre": centre,
        "City": shapely.box(-city, -city, city, city).difference(centre),
        **regions,
        "Lake": shapely.box(edge, edge, 1.2 * edge, 1.2 * edge),
    }


def geojson(world: World) -> dict[str, Any]:
    """The districts as GeoJSON, with zone_id and zone_name."""
    options = world.options
    shrink = KM_PER_DEGREE * np.cos(np.radians(options.latitude))

    def degrees(km: np.ndarray) -> np.ndarray:
        place = [options.longitude, options.latitude] + km / [shrink, KM_PER_DEGREE]
        return place.round(6)

    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"zone_id": f"D{number}", "zone_name": name},
                "geometry": json.loads(shapely.to_geojson(shapely.transform(area, degrees))),
            }
            for number, (name, area) in enumerate(districts(world).items(), 1)
        ],
    }


def population(world: World) -> list[tuple]:
    """zone, population and area in km2 of each district, with a header. The operator's customers are a
    part of the people, and more of them in some districts than in others."""
    rng = np.random.default_rng([world.options.seed, SEED])
    antennas = shapely.points(world.east, world.north)
    rows: list[tuple] = [("zone", "population", "area_km2")]
    for number, area in enumerate(districts(world).values(), 1):
        customers = np.isin(world.homes, np.flatnonzero(shapely.intersects(area, antennas))).sum()
        people = int(customers / rng.uniform(*PENETRATION))
        rows.append((f"D{number}", people, round(area.area, 1)))
    return rows
