"""What maps show besides the antennas: a boundary and the capital."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely

from dbt_gnuper.zones import WGS84, ZonesError, read_geometries
from scripts.errors import CommandError

POLYGONS = ("Polygon", "MultiPolygon")
# Parts of the width of all antennas: a map shows this much of the boundary around them, and details of
# lines from this size on.
AROUND, DETAIL = 1 / 2, 1 / 2000


def read_boundary(path: Path) -> shapely.Geometry:
    """The outlines of the polygons of a file, in degrees."""
    try:
        frame = read_geometries(path, f"boundary file '{path}'")
    except ZonesError as error:
        raise CommandError(str(error)) from None
    shapes = frame.to_crs(WGS84).geometry
    polygons = shapes[shapes.geom_type.isin(POLYGONS)]
    if polygons.empty:
        raise CommandError(f"The boundary file '{path}' has no polygons.")
    return polygons.boundary.union_all()


def lines(geometry: shapely.Geometry) -> dict[str, list[float | None]]:
    """Longitudes and latitudes of lines, with a gap after each of them."""
    found: dict[str, list[float | None]] = {"lon": [], "lat": []}
    for line in shapely.get_parts(shapely.line_merge(geometry)):
        for name, degrees in zip(found, shapely.get_coordinates(line).round(5).T, strict=True):
            found[name] += [*degrees.tolist(), None]
    return found


def bounds_with(
    areas: Sequence[shapely.Geometry], boundary: shapely.Geometry | None
) -> list[float]:
    """West, south, east and north of the map: all areas, and what is near of the boundary."""
    west, south, east, north = shapely.total_bounds(areas).tolist()
    if boundary is None:
        return [west, south, east, north]
    if not shapely.box(west, south, east, north).intersects(shapely.envelope(boundary)):
        raise CommandError(
            "The boundary is somewhere else than the antennas: check the file's coordinates, which are "
            "longitude before latitude in GeoJSON."
        )
    around = AROUND * max(east - west, north - south)
    near = shapely.clip_by_rect(
        boundary, west - around, south - around, east + around, north + around
    )
    return shapely.total_bounds([*areas, near]).tolist()


def surroundings(
    areas: Sequence[shapely.Geometry],
    ids: Sequence[str],
    boundary: shapely.Geometry | None,
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """The map's bounds, the lines of the boundary, and the capital as far as the run's vars tell it."""
    west, south, east, north = bounds = bounds_with(areas, boundary)
    latitude, longitude = parameters["cap_coords"]
    is_inside = west <= longitude <= east and south <= latitude <= north
    named = parameters.get("capital")
    capital = {str(name) for name in (named if isinstance(named, list) else [named])}
    own = [area for id_, area in zip(ids, areas, strict=True) if id_ in capital]
    detail = DETAIL * max(east - west, north - south)
    return {
        "bounds": bounds,
        "boundary": boundary and lines(shapely.simplify(boundary, detail)),
        "capital": [longitude, latitude] if is_inside else None,
        "capital_areas": lines(shapely.union_all(own).boundary) if own else None,
    }
