"""Writes the released tables to files: CSV, Parquet, files for maps, and what they mean.

    python -m scripts.export [--output output]

Which tables and where they are is read from dbt's manifest of the last run (target/); the rows
come through Spark Connect as Arrow. A file is replaced as a whole or not at all.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import shapely

from dbt_gnuper.spark_connect import connect
from scripts import data_dictionary

PROJECT_ROOT = Path(__file__).resolve().parent.parent
# The tables that are exported, and the columns that identify a row, together with the period where
# var period divides the time. (The ledger of releases is for the publisher, not for readers.)
KEYS = {
    "final_features": ["antenna_id"],
    "final_interactions": ["antenna_id1", "antenna_id2"],
    "final_flows": ["antenna_id1", "antenna_id2"],
    "final_hourly_profile": ["antenna_id", "hour"],
    "final_weekly_profile": ["antenna_id", "week"],
    "data_quality": ["day"],
    "release_report": ["released_table", "position"],
    "release_run": ["release_id"],
}
# How a cell of a spreadsheet begins that is more than a text.
FORMULA = r"^[=+\-@\t\r]"
# Bandicoot's 723 columns have two underscores in their names. They would make text files for maps
# of half a gigabyte.
INDICATOR = "__"
WGS84 = "EPSG:4326"
PLACES = {
    "antennas.geo.parquet": "final_features with the antennas as points (GeoParquet)",
    "antennas.geojson": "gnuper's features with the antennas as points (GeoJSON)",
    "ties.geo.parquet": "final_interactions as lines between two different antennas (GeoParquet)",
    "ties.geojson": "final_interactions as lines between two different antennas (GeoJSON)",
}


def released_tables(target: Path) -> dict[str, str]:
    """Name and place in the catalog of each table to export: what was published, not what a run has
    built and perhaps held back; from dbt's manifest."""
    schema = data_dictionary.models(data_dictionary.read_manifest(target))["current_release"][
        "schema"
    ]
    return {name: f"`{schema}`.`{name}`" for name in KEYS}


def export(output: Path, target: Path = PROJECT_ROOT / "target") -> dict[str, pa.Table]:
    """Write every released table to `output`; the tables that were written, by name."""
    make_folder(output)
    written = {}
    with connect() as spark:
        for name, place in released_tables(target).items():
            rows = spark.table(place)
            table = rows.orderBy(*key(name, rows.columns)).toArrow()
            _write_csv(output / f"{name}.csv", without_formulas(table))
            _write(
                output / f"{name}.parquet",
                lambda path, table=table: pa.parquet.write_table(table, path, compression="zstd"),
            )
            written[name] = table
    _write_places(output, written["final_features"], written["final_interactions"])
    _write_dictionary(output, target, written)
    return written


def make_folder(output: Path) -> None:
    """Make the folder for the files; a sentence and exit code 1 where that cannot be."""
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(f"The folder {output} cannot be made: {error.strerror}.")


def key(name: str, columns: Collection[str]) -> list[str]:
    """What identifies a row of a released table that has these columns, and orders its rows."""
    return ["period", *KEYS[name]] if "period" in columns else KEYS[name]


def in_periods(periods: Collection[str]) -> str:
    """What follows a number of antennas or pairs: " in 4 periods", nothing without periods."""
    return f" in {len(periods)} period{'s' if len(periods) > 1 else ''}" if periods else ""


def without_formulas(table: pa.Table) -> pa.Table:
    """A table for CSV: an id that a spreadsheet would run as a formula begins with an apostrophe."""
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            text = table[field.name]
            quoted = pc.binary_join_element_wise("'", text, "")
            is_formula = pc.match_substring_regex(text, FORMULA)
            table = table.set_column(place, field, pc.if_else(is_formula, quoted, text))
    return table


def _write_places(output: Path, features: pa.Table, interactions: pa.Table) -> None:
    """The antennas as points and the pairs as lines."""
    antennas = _frame(features)
    points = gpd.GeoDataFrame(
        antennas,
        geometry=gpd.points_from_xy(antennas["longitude"], antennas["latitude"]),
        crs=WGS84,
    )
    pairs = _frame(interactions).query("antenna_id1 != antenna_id2")
    # in each period the same
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
        _write(output / f"{name}.geo.parquet", frames[0].to_parquet)
        _write(
            output / f"{name}.geojson",
            lambda path, name=name, frame=frames[1]: frame.to_file(
                path, driver="GeoJSON", layer=name, RFC7946="YES"
            ),
        )


def _frame(table: pa.Table) -> pd.DataFrame:
    """A table in pandas, with whole numbers that may be missing."""
    whole = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}
    return table.to_pandas(types_mapper=whole.get)


def _write_dictionary(output: Path, target: Path, tables: dict[str, pa.Table]) -> None:
    """What the columns mean, as CSV and as a Frictionless Data Package."""
    manifest = data_dictionary.read_manifest(target)
    run = tables["release_run"].to_pylist()[0]
    columns = {name: table.column_names for name, table in tables.items()}
    entries = data_dictionary.entries(manifest, columns, json.loads(run["parameters"]))
    _write_csv(output / "data_dictionary.csv", data_dictionary.as_table(entries))
    keys = {name: key(name, table.column_names) for name, table in tables.items()}
    package = data_dictionary.data_package(manifest, entries, keys, run, PLACES)
    _write(
        output / "datapackage.json",
        lambda path: path.write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n"),
    )


def _write_csv(path: Path, table: pa.Table) -> None:
    _write(path, lambda draft: pa.csv.write_csv(table, draft))


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write to a draft beside the file, then put it in the file's place in one step."""
    draft = path.with_name(path.name + ".new")
    write(draft)
    os.replace(draft, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "output")
    for name, table in export(parser.parse_args().output).items():
        print(f"{name}: {table.num_rows} rows, {table.num_columns} columns")
