"""The whole export: every released table, the maps and the dictionary."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from dbt_gnuper.spark_connect import connect, to_arrow
from scripts.export import dictionary
from scripts.export.files import make_folder, replace_file, without_formulas, write_csv
from scripts.export.maps import write_places
from scripts.export.tables import KEYS, key
from scripts.paths import TARGET


def released_tables(target: Path) -> dict[str, str]:
    """Names of the tables to export, each with its place in the catalog, from dbt's manifest. These are
    the published tables: a run may have built newer ones without publishing them."""
    models = dictionary.models(dictionary.read_manifest(target))
    schema = models["current_release"]["schema"]
    # the vars of the run decide whether there are tables of zones
    return {name: f"`{schema}`.`{name}`" for name in KEYS if name in models}


def export(output: Path, target: Path = TARGET) -> dict[str, pa.Table]:
    """Write every released table to `output`; returns the tables by name."""
    make_folder(output)
    written = {}
    with connect() as spark:
        for name, place in released_tables(target).items():
            rows = spark.table(place)
            table = to_arrow(rows.orderBy(*key(name, rows.columns)))
            write_csv(output / f"{name}.csv", without_formulas(table))
            replace_file(
                output / f"{name}.parquet",
                partial(pa.parquet.write_table, table, compression="zstd"),
            )
            written[name] = table
    for name in KEYS:
        if name not in written:  # of an earlier release
            for ending in (".csv", ".parquet"):
                (output / f"{name}{ending}").unlink(missing_ok=True)
    manifest = dictionary.read_manifest(target)
    _write_dictionary(output, manifest, written, write_places(output, written, manifest))
    return written


def _write_dictionary(
    output: Path, manifest: dict[str, Any], tables: dict[str, pa.Table], places: dict[str, str]
) -> None:
    """What the columns mean, as CSV and as a Frictionless Data Package. `places` are the map files."""
    run = tables["release_run"].to_pylist()[0]
    schemas = {name: table.schema for name, table in tables.items()}
    entries = dictionary.entries(manifest, schemas, json.loads(run["parameters"]))
    write_csv(output / "data_dictionary.csv", dictionary.as_table(entries))
    keys = {name: key(name, table.column_names) for name, table in tables.items()}
    package = dictionary.data_package(manifest, entries, keys, run, places)
    replace_file(
        output / "datapackage.json",
        lambda path: path.write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n"),
    )
