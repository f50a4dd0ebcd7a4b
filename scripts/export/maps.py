"""The files for maps: the antennas as points or the zones as areas, and the pairs as lines."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely

from dbt_gnuper.zones import WGS84
from scripts.export.files import replace_file
from scripts.export.tables import INDICATOR, unit
from scripts.export.zones import areas

ENDINGS = (".geo.parquet", ".geojson")


def write_places(
    output: Path, tables: Mapping[str, pa.Table], manifest: Mapping[str, Any]
) -> dict[str, str]:
    """Write the files; returns what is in each of them, by name. Files of another unit are removed."""
    kind = unit(tables["final_features"])
    id_ = f"{kind}_id"
    features = _frame(tables["final_features"])
    points = gpd.points_from_xy(features["longitude"], features["latitude"])
    if kind == "zone":
        geometry, made = areas(manifest, _frame(tables["final_zones"]))
        shapes = geometry.reindex(features[id_]).to_numpy()
        what = f"the zones as areas, {made}"
    else:
        shapes, what = points, "the antennas as points"
    units = gpd.GeoDataFrame(features, geometry=shapes, crs=WGS84)
    pairs = _frame(tables["final_interactions"]).query(f"{id_}1 != {id_}2")
    # the same in each period
    place = pd.Series(points, index=features[id_]).groupby(level=0).first()
    ends = [shapely.get_coordinates(place.loc[pairs[f"{id_}{end}"]]) for end in (1, 2)]
    lines = gpd.GeoDataFrame(
        pairs,
        geometry=shapely.linestrings([[start, end] for start, end in zip(*ends, strict=True)])
        if len(pairs)
        else [],
        crs=WGS84,
    )
    few = units[[name for name in units.columns if INDICATOR not in name]]
    for name, frames in {f"{kind}s": (units, few), "ties": (lines, lines)}.items():
        replace_file(output / f"{name}.geo.parquet", frames[0].to_parquet)
        replace_file(
            output / f"{name}.geojson",
            partial(frames[1].to_file, driver="GeoJSON", layer=name, RFC7946="YES"),
        )
    for ending in ENDINGS:
        (output / f"{'antenna' if kind == 'zone' else 'zone'}s{ending}").unlink(missing_ok=True)
    ties = f"final_interactions as lines between two different {kind}s"
    return {
        f"{kind}s.geo.parquet": f"final_features with {what} (GeoParquet)",
        f"{kind}s.geojson": f"gnuper's features with {what} (GeoJSON)",
        "ties.geo.parquet": f"{ties} (GeoParquet)",
        "ties.geojson": f"{ties} (GeoJSON)",
    }


def _frame(table: pa.Table) -> pd.DataFrame:
    """A table in pandas, with whole numbers that may be missing."""
    whole = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}
    return table.to_pandas(types_mapper=whole.get)
