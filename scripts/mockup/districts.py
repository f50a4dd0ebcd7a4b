"""The districts of the area and their people, for releases by zone instead of by antenna."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np
import shapely

from scripts.mockup.options import Options

KM_PER_DEGREE = 111.195
# Share of the people who are customers of the operator, by district.
PENETRATION = (0.2, 0.5)
SEED = 1_000_000  # beyond the streams of days
CAPITAL = 0  # the first district is the capital
DENSEST = 1.25  # the capital is at least so many times as dense as any other district


class District(NamedTuple):
    """A district, in km from the centre of the area."""

    zone_id: str
    name: str
    area: shapely.Polygon
    antennas: np.ndarray  # their numbers


def draw_districts(
    options: Options, east: np.ndarray, north: np.ndarray, residents: np.ndarray
) -> list[District]:
    """The districts: the capital in the centre, parts of the city around it and of four regions.

    The regions reach to the edge of the area and a little further, and beyond it is a lake without
    antennas. Parts are cut in two, so that many people are on both sides, until there are as many
    districts as the options ask for, or an antenna in each.
    """
    places = np.column_stack([east, north])
    parts = {
        name: [(area, _antennas_in(area, places))] for name, area in _parts(options.extent).items()
    }
    for _ in range(options.districts - len(parts) + 1):
        best, name, number = max(
            (_smaller_half(places[antennas], residents[antennas]), name, -number)
            for name, pieces in parts.items()
            for number, (_, antennas) in enumerate(pieces)
            if name not in ("Centre", "Lake")
        )
        if best < 0:
            break
        area, antennas = parts[name].pop(-number)
        halves = _halves(area, places[antennas], residents[antennas])
        parts[name][-number:-number] = [(half, _antennas_in(half, places)) for half in halves]
    named = [
        (name if len(pieces) == 1 else f"{name} {number}", *piece)
        for name, pieces in parts.items()
        for number, piece in enumerate(pieces, 1)
    ]
    return [District(f"D{number}", *piece) for number, piece in enumerate(named, 1)]


def _parts(extent: float) -> dict[str, shapely.Polygon]:
    """The centre, which lies in a hole of the city, the city, the regions, and the lake."""
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


def _antennas_in(area: shapely.Polygon, places: np.ndarray) -> np.ndarray:
    return np.flatnonzero(shapely.intersects(area, shapely.points(places)))


def _cut(places: np.ndarray, residents: np.ndarray) -> tuple[int, float, int]:
    """Where the longer side of some antennas is cut: axis, place, residents of the smaller half."""
    axis = int(np.ptp(places[:, 1]) > np.ptp(places[:, 0]))
    order = np.argsort(places[:, axis], kind="stable")
    below = np.cumsum(residents[order])[:-1]
    smaller = np.minimum(below, residents.sum() - below)
    smaller[np.diff(places[order, axis]) == 0] = -1  # nothing is between them
    cut = int(smaller.argmax())
    first, second = places[order[cut : cut + 2], axis]
    return axis, (first + second) / 2, int(smaller[cut])


def _smaller_half(places: np.ndarray, residents: np.ndarray) -> int:
    return _cut(places, residents)[2] if len(places) > 1 else -1


def _halves(
    area: shapely.Polygon, places: np.ndarray, residents: np.ndarray
) -> list[shapely.Polygon]:
    axis, place, _ = _cut(places, residents)
    west, south, east, north = area.bounds
    first = shapely.box(west, south, *((place, north) if axis == 0 else (east, place)))
    return [area.intersection(first), area.difference(first)]


def geojson(options: Options, districts: list[District]) -> dict[str, Any]:
    """The districts as GeoJSON, with zone_id and zone_name."""
    shrink = KM_PER_DEGREE * np.cos(np.radians(options.latitude))

    def degrees(km: np.ndarray) -> np.ndarray:
        place = [options.longitude, options.latitude] + km / [shrink, KM_PER_DEGREE]
        return place.round(6)

    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"zone_id": district.zone_id, "zone_name": district.name},
                "geometry": json.loads(
                    shapely.to_geojson(shapely.transform(district.area, degrees))
                ),
            }
            for district in districts
        ],
    }


def population(seed: int, districts: list[District], residents: np.ndarray) -> np.ndarray:
    """The people of each district. The operator's customers are a part of them, and more of them in
    some districts than in others. The capital is the densest district."""
    rng = np.random.default_rng([seed, SEED])
    customers = np.array([residents[district.antennas].sum() for district in districts])
    people = (customers / rng.uniform(*PENETRATION, len(districts))).astype(int)
    area = np.array([district.area.area for district in districts])
    densest = np.delete(people / area, CAPITAL).max()
    people[CAPITAL] = max(people[CAPITAL], int(DENSEST * densest * area[CAPITAL]))
    return people
