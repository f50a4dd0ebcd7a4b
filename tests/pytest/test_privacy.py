"""The promise of docs/privacy.md, tried on what leaves the pipeline and on what stays."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import random_cdr
from conftest import PROJECT_ROOT, WITHOUT_DATA_TESTS, Project

from bench import oracle


@pytest.fixture(scope="module")
def raw(attacked_raw: random_cdr.RawData) -> random_cdr.RawData:
    return attacked_raw


@pytest.fixture(scope="module")
def project(attacked_project: Project) -> Project:
    return attacked_project


@pytest.fixture(scope="module")
def output(project: Project) -> Path:
    """The released files."""
    return project.export()


def read(output: Path, name: str) -> pd.DataFrame:
    """A released file; ids are text."""
    ids = dict.fromkeys(("antenna_id", "antenna_id1", "antenna_id2"), str)
    return pd.read_csv(output / f"{name}.csv", dtype=ids)


@pytest.mark.slow
def test_data_tests(project: Project) -> None:
    """All of them, over the planted attacks."""
    outcome = project.dbt("test", "--select", "test_type:data")
    assert outcome.success, outcome.output[-4000:]


def test_planted_attacks(output: Path, raw: random_cdr.RawData) -> None:
    """What the released files say of each planted antenna, feature and pair."""
    features = read(output, "final_features").set_index("antenna_id")
    pairs = read(output, "final_interactions").set_index(["antenna_id1", "antenna_id2"])
    decisions = {planted.decision for planted in raw.expected}
    assert decisions >= {"released", "withheld_k", "withheld_dominance"}
    for planted in raw.expected:
        if planted.antenna_id2:
            key = (planted.antenna_id, planted.antenna_id2)
            is_there = key in pairs.index and pd.notna(pairs.loc[key, planted.feature])
            assert is_there == (planted.decision == "released"), planted
            continue
        row = features.loc[planted.antenna_id]
        assert pd.notna(row[planted.feature]) == (planted.decision == "released"), planted
        listed = dict(
            entry.split("=") for entry in str(row["withheld_features"]).split("; ") if "=" in entry
        )
        rule = planted.decision.removeprefix("withheld_")
        assert listed.get(planted.feature) == (rule if "withheld" in planted.decision else None)


def test_report_counts_the_files(output: Path) -> None:
    """The report's numbers are those of the released file."""
    features = read(output, "final_features")
    report = read(output, "release_report")
    report = report[report["released_table"] == "final_features"].set_index("feature")
    assert set(report.index) >= set(oracle.FINAL_COLUMNS[3:])
    for feature in report.index:
        assert report.loc[feature, "released"] == features[feature].notna().sum(), feature
        for rule in ("k", "dominance", "rest"):
            listed = features["withheld_features"].fillna("").str.split("; ")
            mentions = listed.map(lambda entries, one=f"{feature}={rule}": one in entries)
            assert report.loc[feature, f"withheld_{rule}"] == mentions.sum(), feature
    assert report["withheld_rest"].sum() > 0
    # How many pairs there are, and why a count is withheld, is about pairs of few people.
    pairs = read(output, "final_interactions")
    report = read(output, "release_report").query("released_table == 'final_interactions'")
    for row in report.itertuples():
        assert row.released == pairs[row.feature].notna().sum()
    others = report.columns[report.columns.str.fullmatch("total|withheld_.*|not_existing|no_data")]
    assert len(others) == 6 and report[others].isna().all(axis=None)


@pytest.mark.parametrize(
    ("few_users", "without_a_day"),
    [
        (True, {"files": 2, "delivered_rows": None, "accepted_rows": None, "malformed_row": 0}),
        pytest.param(
            False,
            {"files": 1, "delivered_rows": 1000, "accepted_rows": 0, "malformed_row": 1240},
            marks=pytest.mark.slow,
        ),
    ],
)
def test_days_of_few_users(
    make_project: Callable[..., Project],
    tmp_path: Path,
    few_users: bool,
    without_a_day: dict[str, int | None],
) -> None:
    """How many rows they delivered is not told; of rows without a day, which are nobody's, it is."""
    days = {"2024-05-01": 16} | ({"2024-05-02": 15, "2024-05-03": 1} if few_users else {})
    rows = [
        random_cdr.record(f"u{user}", f"{day} 20:{minute}:00", cell_id="c1")
        for day, users in days.items()
        for user in range(users)
        for minute in range(10, 30)
    ]
    rejects = {"20240501": [",".join(rows[0]._replace(cell_id="?"))] * 1234}
    if not few_users:
        rejects["20240504"] = ["garbage"] * 1235
    random_cdr.write_raw(tmp_path, rows, [random_cdr.Cell("a1", "c1", "0", "0")], rejects)
    # most rows are rejected, and that is the point
    gates = {f"lost_{what}": {"stop_limit": None} for what in ("calls", "texts", "seconds")}
    project = make_project(
        "few_users", raw_data_path=str(tmp_path), bandicoot=False, quality_gates=gates
    )
    outcome = project.dbt("run", "--select", "+data_quality")
    assert outcome.success, outcome.output
    quality = project.restricted("data_quality").astype(object)
    quality = quality.set_index(quality["day"].astype(str))
    names = ["files", "delivered_rows", "accepted_rows", "unknown_cell"]
    assert quality.loc["2024-05-01", names].tolist() == [1, 2000, 300, 1230]  # 1,554, 320, 1,234
    others = quality.drop(index="2024-05-01")
    assert len(others) == 1 and others["day"].isna().all()
    assert {
        name: None if pd.isna(others[name].item()) else others[name].item()
        for name in without_a_day
    } == without_a_day


@pytest.mark.slow
def test_overlapping_releases(project: Project, raw: random_cdr.RawData, tmp_path: Path) -> None:
    """A release of fewer days overlaps the first one: warned of, refused, or allowed, as told."""
    folder = Path(raw.raw_glob).parent
    days = sorted(folder.glob("20*.csv"))[:-2]
    for file in days:
        (tmp_path / file.name).symlink_to(file)
    fewer = {"raw_data_path": str(tmp_path), "raw_locations": str(raw.locations)}
    before = project.table("final_features")

    stopped = project.dbt("run", **fewer, overlapping_release="stop")
    assert not stopped.success
    assert "overlaps 1 earlier one" in stopped.output and "Nothing was released" in stopped.output
    pd.testing.assert_frame_equal(project.table("final_features"), before)
    assert len(project.table("release_ledger")) == 1

    # the tables of level 3 are those of fewer days by now
    warned = project.dbt("run", "--select", "final", **fewer)
    assert warned.success, warned.output
    assert "overlaps 1 earlier one" in warned.output and "docs/privacy.md" in warned.output
    # again where nobody misses it, after all models
    *_, end = warned.output.split("OK created sql publication model")
    assert "DO NOT GIVE ANYONE BOTH RELEASES" in end and "overlaps 1 earlier one" in end
    ledger = project.table("release_ledger").sort_values("released_at")
    assert len(ledger) == 2
    assert ledger["contents_hash"].nunique() == 2
    last = ledger.iloc[-1]
    assert (
        str(last["last_day"]) <= f"{datetime.datetime.strptime(days[-1].stem, '%Y%m%d'):%Y-%m-%d}"
    )
    assert '"privacy_k": 15' in last["parameters"]
    assert str(tmp_path) not in last["parameters"]


def test_tables_of_other_vars_are_not_released(project: Project) -> None:
    """Level 4 alone cannot be made with other vars than the tables that it reads."""
    before = project.table("final_features"), len(project.table("release_ledger"))
    outcome = project.dbt("run", "--select", "final", work_begin=8, overlapping_release="allow")
    assert not outcome.success
    assert "of a run with other vars (work_begin): " in outcome.output
    assert "feature_decisions" in outcome.output and "Nothing was released" in outcome.output
    pd.testing.assert_frame_equal(project.table("final_features"), before[0])
    assert len(project.table("release_ledger")) == before[1]


@pytest.mark.slow
def test_incremental_tables_of_other_vars_are_not_released(project: Project) -> None:
    """Homes of another night than everything else."""
    before = project.table("final_features")
    outcome = project.dbt(
        "run", "--exclude", "weekly_visits", noct_begin=21, overlapping_release="allow"
    )
    assert not outcome.success
    assert "of a run with other vars (noct_begin): weekly_visits. Nothing was" in outcome.output
    pd.testing.assert_frame_equal(project.table("final_features"), before)
    assert project.dbt("run", overlapping_release="allow").success


def test_tables_older_than_what_they_are_made_of_are_not_released(project: Project) -> None:
    """Features of the old days under the date of the new one."""
    before = project.table("final_features")
    outcome = project.dbt("run", "--select", "cells")
    assert outcome.success, outcome.output
    outcome = project.dbt("run", "--select", "final", overlapping_release="allow")
    assert not outcome.success
    assert "are older than tables that they are made of: " in outcome.output
    assert "delivered_rows" in outcome.output and "Nothing was released" in outcome.output
    pd.testing.assert_frame_equal(project.table("final_features"), before)


def test_purge(project: Project, output: Path) -> None:
    """Nothing of levels 0 to 3 is left in the catalog or on disk; the release and raw files stay."""
    database = project.server.state_dir / "warehouse" / f"{project.schema}_restricted.db"
    assert list(database.rglob("*.parquet"))
    release = project.table("final_features")

    outcome = project.dbt("run-operation", "purge")
    assert outcome.success, outcome.output
    schemas = project.query("show schemas").iloc[:, 0].tolist()
    assert f"{project.schema}_restricted" not in schemas and project.schema in schemas
    assert not database.exists()
    pd.testing.assert_frame_equal(project.table("final_features"), release)
    assert list(Path(project.vars["raw_data_path"]).glob("20*.csv"))

    again = project.dbt("run-operation", "purge")
    assert again.success and "nothing to purge" in again.output


@pytest.mark.slow
def test_clean_up_and_gate_off(project: Project, raw: random_cdr.RawData) -> None:
    """`clean_up` purges after the release; with the gate off, everything says so."""
    outcome = project.build(*WITHOUT_DATA_TESTS, clean_up=True, privacy_k=0)
    assert outcome.output.count("NOT FOR RELEASE") >= 1
    assert "Purged" in outcome.output
    assert f"{project.schema}_restricted" not in project.query("show schemas").iloc[:, 0].tolist()
    features = project.table("final_features")
    assert set(features["withheld_features"]) == {"PRIVACY GATE OFF, NOT FOR RELEASE"}
    truth = oracle.compute(raw.raw_glob, raw.locations, oracle.OracleParams(**raw.params))
    assert features["active_users"].sum() == len(truth.user_home_antenna)
    exported = pd.read_parquet(project.export() / "final_features.parquet")
    assert len(exported) == len(features)


def test_schemas_must_differ(project: Project, tmp_path: Path) -> None:
    """A configuration that puts both zones into one schema stops the run."""
    for folder in ("models", "macros", "seeds", "tests"):
        (tmp_path / folder).symlink_to(PROJECT_ROOT / folder)
    configuration = (PROJECT_ROOT / "dbt_project.yml").read_text()
    assert "+schema: restricted" in configuration
    (tmp_path / "dbt_project.yml").write_text(configuration.replace("+schema: restricted", ""))
    outcome = dataclasses.replace(project, root=tmp_path).dbt("run", "--select", "cells")
    assert not outcome.success
    assert f"would be built in the schema '{project.schema}'" in outcome.output
    assert "Only what is published may be in the release schema" in outcome.output
