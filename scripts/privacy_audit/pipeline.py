"""Runs of the pipeline over the mock-up, and the tables that a run leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dbt_gnuper.local_files import write_key
from dbt_gnuper.spark_connect import connect
from scripts import server
from scripts.errors import CommandError
from scripts.paths import PROFILES_EXAMPLE, PROJECT_ROOT
from scripts.privacy_audit.measures import COUNTS, INDICATORS, MAX_SHARE, MEASURES, K

SCHEMA = "privacy_audit"
KEY = "5eed" * 16  # no secret: the people are invented, and the same sample is drawn every time


@dataclass
class Tables:
    """What a run leaves behind, restricted tables included."""

    homes: pd.Series  # antenna of each user
    parts: pd.DataFrame  # per user: a column for each window (or week) and measure
    indicators: pd.DataFrame  # per user: bandicoot's indicators
    decisions: pd.DataFrame  # per antenna and feature: value, users, largest_share, decision
    pairs: pd.DataFrame  # per pair of antennas and count: value, users, decision
    links: pd.DataFrame  # per user and correspondent: their antennas and counts


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


def run_pipeline(raw: Path, folder: Path) -> Tables:
    """Build all levels over a folder of raw files, with the default gate."""
    from dbt.cli.main import dbtRunner

    settings = {
        "raw_data_path": str(raw),
        "pseudonym_key_file": str(folder / "pseudonym.key"),
        "privacy_k": K,
        "privacy_max_share": MAX_SHARE,
        "overlapping_release": "allow",
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
    with connect() as spark:
        spark.sql(f"use {SCHEMA}_restricted")
        return read_tables(lambda query: spark.sql(query).toArrow().to_pandas())


def read_tables(rows: Callable[[str], pd.DataFrame]) -> Tables:
    """The tables of the last run, by a function that gives the rows of a query."""
    homes = rows("select * from user_home_antenna").set_index("user_id")["antenna_id"]
    windows = rows("select *, coalesce(string(week), window) as span from user_metrics_window")
    parts = windows.pivot(index="user_id", columns="span", values=[*MEASURES, "calls", "sms"])
    bandicoot = rows("select user_id, number_of_records, indicators from user_bandicoot")
    values = np.column_stack([bandicoot["number_of_records"], np.stack(bandicoot["indicators"])])
    indicators = pd.DataFrame(values.astype(float), index=bandicoot["user_id"], columns=INDICATORS)
    pairs = rows(
        "select antenna_id1, antenna_id2, stack(3, "
        + ", ".join(f"'{c}', double({c}), {c}_users, {c}_decision" for c in COUNTS)
        + ") as (count, value, users, decision) from interaction_decisions inner join "
        "(select antenna_id1, antenna_id2, call_count_users, sms_count_users, vol_sum_users "
        "from antenna_interactions) using (antenna_id1, antenna_id2)"
    )
    return Tables(
        homes,
        parts.swaplevel(axis=1).reindex(homes.index).astype(float),
        indicators.reindex(homes.index),
        rows("select * from feature_decisions where feature != 'dist2c'"),
        pairs.dropna(subset="value"),
        rows("select * from user_interactions"),
    )
