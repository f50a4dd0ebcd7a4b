"""The whole export: every released table, the maps and the dictionary."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from dbt_gnuper.spark_connect import connect
from scripts.export import dictionary
from scripts.export.files import make_folder, replace_file, without_formulas, write_csv
from scripts.export.maps import PLACES, write_places
from scripts.export.tables import KEYS, key
from scripts.paths import TARGET


def released_tables(target: Path) -> dict[str, str]:
    """Names of the tables to export, each with its place in the catalog, from dbt's manifest. These are
    the published tables: a run may have built newer ones without publishing them."""
    schema = dictionary.models(dictionary.read_manifest(target))["current_release"]["schema"]
    return {name: f"`{schema}`.`{name}`" for name in KEYS}


def export(output: Path, target: Path = TARGET) -> dict[str, pa.Table]:
    """Write every released table to `output`; returns the tables by name."""
    make_folder(output)
    written = {}
    with connect() as spark:
        for name, place in released_tables(target).items():
            rows = spark.table(place)
            table = rows.orderBy(*key(name, rows.columns)).toArrow()
            write_csv(output / f"{name}.csv", without_formulas(table))
            replace_file(
                output / f"{name}.parquet",
                partial(pa.parquet.write_table, table, compression="zstd"),
            )
            written[name] = table
    write_places(output, written["final_features"], written["final_interactions"])
    _write_dictionary(output, target, written)
    return written


def _write_dictionary(output: Path, target: Path, tables: dict[str, pa.Table]) -> None:
    """What the columns mean, as CSV and as a Frictionless Data Package."""
    manifest = dictionary.read_manifest(target)
    run = tables["release_run"].to_pylist()[0]
    columns = {name: table.column_names for name, table in tables.items()}
    entries = dictionary.entries(manifest, columns, json.loads(run["parameters"]))
    write_csv(output / "data_dictionary.csv", dictionary.as_table(entries))
    keys = {name: key(name, table.column_names) for name, table in tables.items()}
    package = dictionary.data_package(manifest, entries, keys, run, PLACES)
    replace_file(
        output / "datapackage.json",
        lambda path: path.write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n"),
    )
