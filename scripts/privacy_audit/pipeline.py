"""Runs of the pipeline over a mock-up, and what a run leaves behind in files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dbt_gnuper.local_files import write_key
from dbt_gnuper.spark_connect import connect
from scripts import export, server
from scripts.errors import CommandError
from scripts.paths import PROFILES_EXAMPLE, PROJECT_ROOT
from scripts.privacy_audit.disclosure.tables import QUERIES
from scripts.privacy_audit.gate.tables import Tables, read_tables

SCHEMA = "privacy_audit"
KEY = "5eed" * 16  # no secret: the people are invented, and the same sample is drawn every time


@dataclass(frozen=True)
class Run:
    """Folders with the exported files of a run, and with its restricted tables."""

    release: Path
    truth: Path


@contextmanager
def project(folder: Path) -> Iterator[None]:
    """A profile and a key of the audit's own, a server; the audit's tables go at the end."""
    profile = PROFILES_EXAMPLE.read_text()
    (folder / "profiles.yml").write_text(profile.replace("schema: gnuper", f"schema: {SCHEMA}"))
    write_key(folder / "pseudonym.key", KEY)
    server.start_for_dbt()
    try:
        yield
    finally:
        with connect() as spark:
            for schema in (SCHEMA, f"{SCHEMA}_restricted"):
                spark.sql(f"drop schema if exists {schema} cascade")


def build(raw: Path, folder: Path, **settings: Any) -> None:
    """Build all levels over a folder of raw files, with the default gate and some other vars."""
    from dbt.cli.main import dbtRunner

    settings = {
        "raw_data_path": str(raw),
        "pseudonym_key_file": str(folder / "pseudonym.key"),
        "overlapping_release": "allow",
        **settings,
    }
    result = dbtRunner().invoke(
        [
            "build", "--resource-type", "model", "--resource-type", "seed", "--quiet",
            "--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(folder),
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
            "--vars", json.dumps(settings),
        ]
    )  # fmt: skip
    if not result.success:
        raise CommandError("dbt build has failed; its message is above.")


def release(folder: Path, name: str) -> Run:
    """Write the last run of `build` to files, the release and the restricted tables."""
    run = Run(folder / name / "release", folder / name / "truth")
    export.export(run.release, folder / "target")
    dump(run.truth, f"{SCHEMA}_restricted")
    return run


def dump(folder: Path, schema: str, queries: dict[str, str] = QUERIES) -> None:
    """Write what the attacks are judged by from the restricted schema to Parquet files."""
    folder.mkdir(parents=True, exist_ok=True)
    with connect() as spark:
        spark.sql(f"use {schema}")
        for name, query in queries.items():
            pq.write_table(spark.sql(query).toArrow(), folder / f"{name}.parquet")


def tables() -> Tables:
    """The restricted tables of the last run of `build`, for the attacks on the gate."""
    with connect() as spark:
        spark.sql(f"use {SCHEMA}_restricted")
        return read_tables(lambda query: spark.sql(query).toArrow().to_pandas())
