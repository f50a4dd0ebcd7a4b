"""Writes the released tables to files, as CSV and as Parquet, one file each.

    python -m scripts.export [--output output]

Which tables and where they are is read from dbt's manifest of the last run (target/); the rows
come through Spark Connect as Arrow. A file is replaced as a whole or not at all.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from dbt_gnuper.spark_connect import connect

PROJECT_ROOT = Path(__file__).resolve().parent.parent
# The tables that are exported, and the order of their rows. (The ledger of releases is for the
# publisher, not for readers.)
ORDER = {
    "final_features": ["antenna_id"],
    "final_interactions": ["antenna_id1", "antenna_id2"],
    "release_report": ["released_table", "position"],
}


def released_tables(target: Path) -> dict[str, str]:
    """Name and place in the catalog of each table to export, from dbt's manifest."""
    manifest = json.loads((target / "manifest.json").read_text())
    return {
        node["name"]: f"`{node['schema']}`.`{node['alias']}`"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] in ORDER
    }


def export(output: Path, target: Path = PROJECT_ROOT / "target") -> dict[str, pa.Table]:
    """Write every released table to `output`; the tables that were written, by name."""
    output.mkdir(parents=True, exist_ok=True)
    written = {}
    with connect() as spark:
        for name, place in sorted(released_tables(target).items()):
            table = spark.table(place).orderBy(*ORDER[name]).toArrow()
            _write(output / f"{name}.csv", lambda path, table=table: pa.csv.write_csv(table, path))
            _write(
                output / f"{name}.parquet",
                lambda path, table=table: pa.parquet.write_table(table, path, compression="zstd"),
            )
            written[name] = table
    return written


def _write(path: Path, write: Callable[[Path], None]) -> None:
    """Write to a draft beside the file, then put it in the file's place in one step."""
    draft = path.with_name(path.name + ".new")
    write(draft)
    os.replace(draft, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "output")
    for name, table in export(parser.parse_args().output).items():
        print(f"{name}: {table.num_rows} rows, {table.num_columns} columns")
