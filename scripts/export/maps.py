"""The files for maps: the antennas as points and the pairs as lines."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely

from scripts.export.files import replace_file
from scripts.export.tables import INDICATOR

WGS84 = "EPSG:4326"
PLACES = {
    "antennas.geo.parquet": "final_features with the antennas as points (GeoParquet)",
    "antennas.geojson": "gnuper's features with the antennas as points (GeoJSON)",
    "ties.geo.parquet": "final_interactions as lines between two different antennas (GeoParquet)",
    "ties.geojson": "final_interactions as lines between two different antennas (GeoJSON)",
}


def write_places(output: Path, features: pa.Table, interactions: pa.Table) -> None:
    """The antennas as points and the pairs as lines."""
    antennas = _frame(features)
    points = gpd.GeoDataFrame(
        antennas,
        geometry=gpd.points_from_xy(antennas["longitude"], antennas["latitude"]),
        crs=WGS84,
    )
    pairs = _frame(interactions).query("antenna_id1 != antenna_id2")
    # the same in each period
    place = points.drop_duplicates("antenna_id").set_index("antenna_id").geometry
    ends = [shapely.get_coordinates(place.loc[pairs[f"antenna_id{end}"]]) for end in (1, 2)]
    lines = gpd.GeoDataFrame(
        pairs,
        geometry=shapely.linestrings([[start, end] for start, end in zip(*ends, strict=True)])
        if len(pairs)
        else [],
        crs=WGS84,
    )
    few = points[[name for name in points.columns if INDICATOR not in name]]
    for name, frames in {"antennas": (points, few), "ties": (lines, lines)}.items():
        replace_file(output / f"{name}.geo.parquet", frames[0].to_parquet)
        replace_file(
            output / f"{name}.geojson",
            partial(frames[1].to_file, driver="GeoJSON", layer=name, RFC7946="YES"),
        )


def _frame(table: pa.Table) -> pd.DataFrame:
    """A table in pandas, with whole numbers that may be missing."""
    whole = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}
    return table.to_pandas(types_mapper=whole.get)
