"""What the privacy gate buys, measured by attacks on a mock-up whose truth is known.

    python -m scripts.privacy_audit [--output output]

Three runs of the pipeline over invented data: four weeks; the same four weeks without one person;
five weeks. Each is attacked as it is released (gate on) and as it would be without the gate (off):

- reading off: values that are one person's or have a dominant one, and shares of a whole whose rest
  is few people's;
- membership: whether a person is in the data. The strong attacker knows the records of all others
  at the antenna and computes the release with and without the target; the weak one knows the
  target's indicators and those of half of the people elsewhere, and decides by likelihood;
- subtraction of two releases of almost the same data.

Features that depend on an antenna's residents alone are computed here anew, with and without each
person, and checked against the pipeline's. Left out are the twelve others (scaled_*, distances,
isolation, entropy), which depend on everybody. Results: a table and privacy_audit.json.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dbt_gnuper.local_files import write_key
from dbt_gnuper.spark_connect import connect
from python_udfs.bandicoot_columns import INDICATOR_NAMES
from scripts import mockup, server

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SCHEMA = "privacy_audit"
K, MAX_SHARE = 15, 0.5
KINDS = ("calls", "sms", "vol")
MEASURES = [f"{direction}_{kind}" for direction in ("og", "ic") for kind in KINDS]
COUNTS = ["call_count", "sms_count", "vol_sum"]
INDICATORS = ["reporting__number_of_records", *INDICATOR_NAMES]
SIZES = {"up to 15 residents": (1, 15), "16 to 50": (16, 50), "over 50": (51, 10**9)}
RELEASED, WITHHELD, NOT_EXISTING = 0, 1, 2
SAME = 1e-9  # relative; the files have all digits of a double

# Value = sum of the first parts / sum of the second; a part is a window and a measure.
RATIOS = {
    **{f"{x}_ratio": ([("alltime", f"og_{x}")], [("alltime", f"ic_{x}")]) for x in KINDS},
    "sms2calls_ratio": (
        [("alltime", "og_sms"), ("alltime", "ic_sms")],
        [("alltime", "og_calls"), ("alltime", "ic_calls")],
    ),
    **{f"{m}_week_ratio": ([("nonworkday", m)], [("alltime", m)]) for m in MEASURES},
    **{f"{m}_work_ratio": ([("work", m)], [("alltime", m)]) for m in MEASURES},
    **{f"{m}_peak_ratio": ([("early_peak", m)], [("late_peak", m)]) for m in MEASURES},
}
FEATURES = [*RATIOS, *(f"{kind}_ratio_var" for kind in KINDS), "active_users", *INDICATORS]


# --- runs of the pipeline -------------------------------------------------------------------------


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
    profile = (PROJECT_ROOT / "profiles.yml.example").read_text()
    (folder / "profiles.yml").write_text(profile.replace("schema: gnuper", f"schema: {SCHEMA}"))
    write_key(folder / "pseudonym.key", secrets.token_hex(32))
    if server.main(["start"]):
        raise SystemExit(1)
    doors = server.running_server()
    os.environ["GNUPER_THRIFT_PORT"] = str(doors.thrift_port)
    os.environ["GNUPER_CONNECT_PORT"] = str(doors.connect_port)
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
        raise SystemExit("dbt build has failed; its message is above.")
    with connect() as spark:
        spark.sql(f"use {SCHEMA}_restricted")
        return read_tables(lambda query: spark.sql(query).toArrow().to_pandas())


def read_tables(query: Any) -> Tables:
    """The tables of the last run, by a function that gives the rows of a query."""
    homes = query("from user_home_antenna").set_index("user_id")["antenna_id"]
    windows = query("from user_metrics_window")
    window = windows["week"].astype(str).where(windows["window"] == "week", windows["window"])
    parts = windows.assign(window=window).pivot(
        index="user_id", columns="window", values=[*MEASURES, "calls", "sms"]
    )
    rows = query("select user_id, array(double(number_of_records)) || indicators from user_bandicoot")
    indicators = pd.DataFrame(list(rows.iloc[:, 1]), index=rows["user_id"], columns=INDICATORS)
    pairs = query(
        "select antenna_id1, antenna_id2, stack(3, "
        + ", ".join(f"'{c}', double({c}), {c}_users, {c}_decision" for c in COUNTS)
        + ") as (count, value, users, decision) from interaction_decisions inner join "
        "(select antenna_id1, antenna_id2, call_count_users, sms_count_users, vol_sum_users "
        "from antenna_interactions) using (antenna_id1, antenna_id2)"
    )
    return Tables(
        homes,
        parts.swaplevel(axis=1).reindex(homes.index).astype(float),
        indicators.reindex(homes.index).astype(float),
        query("from feature_decisions where feature != 'dist2c'"),
        pairs.dropna(subset="value"),
        query("from user_interactions"),
    )


# --- the release of an antenna --------------------------------------------------------------------


def release(parts: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Value and decision of each of FEATURES for an antenna with these residents, by the rules."""
    total = parts.sum(min_count=1)
    weeks = [window for window, measure in parts if window[0] == "2" and measure == "sms"]
    rows = {}
    for name, (upper, lower) in RATIOS.items():
        is_mixed = name == "sms2calls_ratio"
        rests_on = [("alltime", "sms"), ("alltime", "calls")] if is_mixed else upper + lower
        rows[name] = (sum(total[p] for p in upper) / sum(total[p] for p in lower), rests_on)
    for kind in KINDS:
        weekly = pd.Series({week: total[week, f"og_{kind}"] / total[week, f"ic_{kind}"] for week in weeks})
        weekly = weekly[np.isfinite(weekly)]
        rests_on = [(week, f"{way}_{kind}") for week in weekly.index for way in ("og", "ic")]
        rows[f"{kind}_ratio_var"] = (weekly.var(), rests_on)
    users, share = parts.count(), parts.max() / total
    found = pd.DataFrame(
        {
            name: (value, users[rests_on].min(), share[rests_on].max())
            for name, (value, rests_on) in rows.items()
        },
        index=["value", "users", "share"],
    ).T
    found.loc["active_users"] = len(parts), len(parts), 1 / max(len(parts), 1)
    size = indicators.abs()
    means = {"value": indicators.mean(), "users": indicators.count(), "share": size.max() / size.sum()}
    found = pd.concat([found, pd.DataFrame(means)])
    exists = np.isfinite(found["value"])
    is_withheld = (found["users"] <= K) | (found["share"] > MAX_SHARE)
    found["decision"] = np.where(exists, np.where(is_withheld, WITHHELD, RELEASED), NOT_EXISTING)
    if len(parts) <= K:
        found["decision"] = WITHHELD
    return found


def check(tables: Tables) -> None:
    """The computation above gives what the pipeline gives, or there is nothing to audit."""
    pipeline = tables.decisions.set_index(["antenna_id", "feature"])
    for antenna, users in tables.homes.groupby(tables.homes).groups.items():
        own = release(tables.parts.loc[users], tables.indicators.loc[users])
        its = pipeline.loc[antenna].loc[own.index]
        np.testing.assert_allclose(own["value"].where(own["decision"] != NOT_EXISTING), its["value"].astype(float), rtol=1e-9, atol=1e-12)
        own = own["decision"].map({RELEASED: "released", WITHHELD: "withheld", NOT_EXISTING: "not_ex"})
        assert (own.str[:6] == its["decision"].str[:6]).all()
