"""The whole pipeline over the mock-up sample, all defaults: truth found, nothing leaked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from conftest import PROJECT_ROOT, Project
from oracle_privacy import rounded

from bench import oracle
from python_udfs.bandicoot_columns import INDICATOR_NAMES


@pytest.fixture(scope="module")
def pseudonyms(mockup_project: Project, mockup_sample: Path) -> pd.Series:
    """Pseudonym of each person and machine of the truth, by id."""
    key_file = mockup_project.vars["pseudonym_key_file"]
    ids = pd.read_csv(mockup_sample / "truth" / "homes.csv", dtype=str)["user_id"]
    listed = ", ".join(f"('{user_id}')" for user_id in ids)
    found = mockup_project.query(
        "select id, xxhash64(sha2(concat("
        f"(select value from text.`{key_file}`), id), 256)) as pseudonym from values {listed} as (id)"
    )
    return found.set_index("id")["pseudonym"]


def test_homes_are_found(
    mockup_project: Project, mockup_sample: Path, pseudonyms: pd.Series
) -> None:
    """The home antenna is the true one for most people with a night event."""
    truth = pd.read_csv(mockup_sample / "truth" / "homes.csv", dtype=str).set_index("user_id")
    found = mockup_project.restricted("user_home_antenna").set_index("user_id")["antenna_id"]
    truth["found"] = found.reindex(pseudonyms.reindex(truth.index)).to_numpy()
    with_night = truth.dropna()
    assert len(with_night) > 1000
    assert (with_night["found"] == with_night["antenna_id"]).mean() > 0.9


def test_machines_are_found(
    mockup_project: Project, mockup_sample: Path, pseudonyms: pd.Series
) -> None:
    """All machines are, and nobody else is, left out as a caller."""
    truth = pd.read_csv(mockup_sample / "truth" / "machines.csv", dtype=str)["user_id"]
    machines = mockup_project.restricted("machines")["user_id"]
    assert set(machines) == set(pseudonyms.reindex(truth))
    callers = mockup_project.query("select distinct user_id from {restricted}.user_metrics")
    assert not set(callers["user_id"]) & set(machines)


def test_no_row_is_lost(mockup_project: Project, mockup_sample: Path) -> None:
    """The broken rows are rejected, each for its reason, and all others are accepted."""
    manifest = json.loads((mockup_sample / "truth" / "manifest.json").read_text())
    files = mockup_project.restricted("delivered_files")
    assert files["rows"].sum() == manifest["records"]
    broken = pd.read_csv(mockup_sample / "truth" / "broken_rows.csv")
    rejected = files[files["outcome"] != "accepted"].groupby("outcome")["rows"].sum()
    assert rejected.to_dict() == broken["reason"].value_counts().to_dict()
    rows = mockup_project.restricted("rejected_rows")
    assert len(rows) == len(broken) > 300


def test_exported_files(mockup_project: Project, mockup_output: Path) -> None:
    """One CSV and one Parquet file with gnuper's columns in gnuper's order."""
    csv = pd.read_csv(
        mockup_output / "final_features.csv",
        dtype={"antenna_id": str},
        float_precision="round_trip",
    )
    assert list(csv.columns[: len(oracle.FINAL_COLUMNS)]) == list(oracle.FINAL_COLUMNS)
    last = ["reporting__number_of_records", *INDICATOR_NAMES, "withheld_features"]
    assert list(csv.columns[-len(last) :]) == last
    parquet = pyarrow.parquet.read_table(mockup_output / "final_features.parquet").to_pandas()
    assert list(parquet.columns) == list(csv.columns)
    pd.testing.assert_frame_equal(
        csv.drop(columns=["active_users", "withheld_features"]),
        parquet.drop(columns=["active_users", "withheld_features"]),
        check_exact=True,
    )
    assert list(csv["antenna_id"]) == sorted(mockup_project.restricted("antennas")["antenna_id"])
    assert not list(mockup_output.glob("*.new"))


def test_released_files_keep_the_threshold(mockup_project: Project, mockup_output: Path) -> None:
    """In the files themselves: a value or its name among the withheld, never both, and why."""
    csv = pd.read_csv(
        mockup_output / "final_features.csv", dtype={"antenna_id": str}, keep_default_na=True
    ).set_index("antenna_id")
    homes = mockup_project.query(
        "select antenna_id, count(*) as users from {restricted}.user_home_antenna group by antenna_id"
    ).set_index("antenna_id")["users"]
    features = [name for name in csv.columns if name not in ("longitude", "latitude")][:-1]
    few = [antenna for antenna in csv.index if homes.get(antenna, 0) <= 15]
    assert few, "the sample has antennas with few residents"
    for antenna, row in csv.iterrows():
        withheld = dict(
            entry.split("=") for entry in str(row["withheld_features"]).split("; ") if "=" in entry
        )
        assert set(withheld.values()) <= {"k", "dominance", "rest"}
        for feature in features:
            assert not (pd.notna(row[feature]) and feature in withheld), (antenna, feature)
        if antenna in few:
            released = [name for name in features if pd.notna(row[name])]
            assert released == ["dist2c"]
            assert set(withheld) >= set(features) - {"dist2c"}
    assert csv["active_users"].min() > 15


@pytest.mark.slow
def test_same_again(mockup_project: Project, mockup_output: Path) -> None:
    """A second run gives the same release, and the ledger does not count it twice."""
    name = "final_features.parquet"
    before = pyarrow.parquet.read_table(mockup_output / name).to_pandas()
    outcome = mockup_project.dbt("run", "--full-refresh")
    assert outcome.success, outcome.output[-4000:]
    assert "overlaps" not in outcome.output
    mockup_project.export()
    after = pyarrow.parquet.read_table(mockup_output / name).to_pandas()
    pd.testing.assert_frame_equal(after, before, check_exact=True)
    assert len(mockup_project.table("release_ledger")) == 1


def test_a_second_run_builds_nothing(mockup_project: Project) -> None:
    outcome = mockup_project.dbt("run")
    assert outcome.success, outcome.output[-4000:]
    assert "Nothing has changed since the run of" in outcome.output
    assert len(outcome.models()) > 60
    assert {run.message for run in outcome.models()} == {"UNCHANGED"}


def test_nothing_leaks(mockup_project: Project, mockup_sample: Path, mockup_output: Path) -> None:
    """Neither the key nor a raw id of a person is in any artifact, log, table or output."""
    key = Path(mockup_project.vars["pseudonym_key_file"]).read_text().strip()
    people = pd.read_csv(mockup_sample / "truth" / "homes.csv", dtype=str)["user_id"]
    # All ids of the sample are numbers of this country code, which no other number begins with.
    assert people.str.fullmatch(r"999\d{6,}").all(), people.head()
    persons_id = re.compile(rb"(?<!\d)" + rb"999\d{%d}(?!\d)" % (len(people[0]) - 3))

    places = [
        mockup_project.target,
        mockup_project.folder / "logs",
        mockup_output,
        mockup_project.server.state_dir,
    ]
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    assert any(file.name == "manifest.json" for file in files)
    assert any(file.name == "server.log" for file in files)
    assert any(file.suffix == ".parquet" for file in files)
    for file in files:
        if file.suffix == ".parquet" and mockup_project.schema not in str(file):
            continue  # another test's tables
        try:
            content = searchable(file)
        except FileNotFoundError:
            continue  # of a statement of another test, which has ended
        assert key.encode() not in content, f"the key is in {file}"
        known = {match.decode() for match in persons_id.findall(content)} & set(people)
        assert not known, f"{len(known)} ids of persons are in {file}"


def searchable(file: Path) -> bytes:
    """What is in a file; of Parquet, which is compressed, all its texts."""
    if file.suffix != ".parquet" or file.stat().st_size == 0:
        return file.read_bytes()
    table = pyarrow.parquet.read_table(file)
    texts = [
        "\n".join(str(value) for value in table[name].unique().to_pylist())
        for name, type_ in zip(table.schema.names, table.schema.types, strict=True)
        if pyarrow.types.is_string(type_)
        or pyarrow.types.is_large_string(type_)
        or pyarrow.types.is_integer(type_)
    ]
    return "\n".join(texts).encode()


def test_project_names_no_key() -> None:
    """No key file is part of the repository."""
    ignored = (PROJECT_ROOT / ".gitignore").read_text().splitlines()
    assert "/.gnuper/" in ignored


def test_gravity_model_is_the_least_squares_fit(mockup_project: Project) -> None:
    """The residuals of final_flows are those of numpy's fit over the released values."""
    pairs = mockup_project.table("final_interactions")
    users = mockup_project.table("final_features").set_index("antenna_id")["active_users"]
    pairs["users"] = np.log(
        pairs["antenna_id1"].map(users).astype(float)
        * pairs["antenna_id2"].map(users).astype(float)
    )
    fitted = pairs[
        (pairs["antenna_id1"] != pairs["antenna_id2"]) & pairs["call_count"].notna()
    ].dropna(subset="users")
    regressors = np.column_stack(
        [np.ones(len(fitted)), fitted["users"], np.log(fitted["distance_km"].astype(float))]
    )
    observed = np.log(fitted["call_count"].astype(float))
    coefficients, *_ = np.linalg.lstsq(regressors, observed, rcond=None)
    expected = dict(
        zip(
            zip(fitted["antenna_id1"], fitted["antenna_id2"], strict=True),
            observed - regressors @ coefficients,
            strict=True,
        )
    )
    flows = mockup_project.table("final_flows").dropna(subset="gravity_residual")
    assert len(flows) == len(expected) > 20
    for row in flows.itertuples():
        residual = expected[row.antenna_id1, row.antenna_id2]
        ends = [rounded(residual + slack, 3) for slack in (-1e-9, 1e-9)]
        assert row.gravity_residual in ends, residual


def test_home_rules_are_compared(mockup_project: Project) -> None:
    """In the invented city people are at home at night and most of the time: the rules agree."""
    outcome = mockup_project.dbt("build", "-s", "home_rule_agreement", compare_home_rules=True)
    assert outcome.success, outcome.output
    agreement = mockup_project.restricted("home_rule_agreement")
    assert len(agreement) == 3
    assert agreement["users"].min() > 1000
    assert agreement["agreement"].between(0.5, 1).all()
