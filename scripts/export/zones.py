"""The areas of zones, for maps: the polygons of the zones file, or a model of them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dbt_gnuper.zones import WGS84, ZONE, Polygons, ZonesError, read_zones
from scripts.errors import CommandError
from scripts.paths import PROJECT_ROOT

KM_PER_DEGREE = 111.195
CUT_KM = 20
FROM_FILE = "as in the zones file"
MODEL = (
    f"each the union of the Voronoi cells of its antennas, cut {CUT_KM} km from them: a model of where "
    "these are the nearest antennas, not their coverage"
)


def areas(manifest: Mapping[str, Any], antennas: pd.DataFrame) -> tuple[gpd.GeoSeries, str]:
    """The area of each zone, by zone_id, and how it was made. `antennas` is final_zones."""
    about = manifest["nodes"]["model.gnuper.antenna_zones"]["config"]["meta"]
    zones = about["zones"] if isinstance(about["zones"], dict) else json.loads(about["zones"])
    if isinstance(zones, str):
        # absolute paths stay as they are
        path = (
            str(Path(PROJECT_ROOT, about["raw_data_path"], zones)) if "://" not in zones else zones
        )
        try:
            found = read_zones(path, about["zone_id"], about["zone_name"])
        except ZonesError as error:
            raise CommandError(f"{error} The files for maps need it again.") from error
        if isinstance(found, Polygons):
            frame = found.frame.set_index(ZONE).to_crs(WGS84)
            return frame.geometry, FROM_FILE
    return _voronoi(antennas.dropna(subset=[ZONE])), MODEL


def _voronoi(antennas: pd.DataFrame) -> gpd.GeoSeries:
    """The area where an antenna of the zone is the nearest one, up to a distance from it."""
    # Kilometres, on a plane that touches the Earth at the mean latitude.
    shrink = KM_PER_DEGREE * math.cos(math.radians(antennas["latitude"].mean()))
    scale = np.array([shrink, KM_PER_DEGREE])
    places = antennas[["longitude", "latitude"]].to_numpy(dtype=float) * scale
    points = shapely.points(places)
    reach = shapely.union_all(shapely.buffer(points, CUT_KM))
    diagram = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=reach)
    # There is no Voronoi diagram of a single place.
    cells = np.array(list(diagram.geoms) or [reach])
    nearest = cells[shapely.STRtree(cells).nearest(points)]
    own = shapely.intersection(nearest, shapely.buffer(points, CUT_KM))
    in_degrees = shapely.transform(own, lambda km: km / scale)
    frame = gpd.GeoDataFrame({ZONE: antennas[ZONE].to_numpy()}, geometry=in_degrees, crs=WGS84)
    return frame.dissolve(ZONE).geometry
