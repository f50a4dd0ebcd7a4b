"""The exported files: what is in them, what describes them, what they do not give away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import PERIODS, RELEASED, Project, Release
from frictionless import Package

from scripts import export, run

MEASURES = ["og_calls", "og_sms", "og_vol", "ic_calls", "ic_sms", "ic_vol"]
TEXT_IDS = dict.fromkeys(["antenna_id", "antenna_id1", "antenna_id2"], str)


def read(output: Path, name: str) -> pd.DataFrame:
    """A released table from its Parquet file."""
    return pd.read_parquet(output / f"{name}.parquet")


@pytest.mark.parametrize("name", RELEASED)
def test_csv_and_parquet_hold_the_table(
    mockup_project: Project, mockup_output: Path, name: str
) -> None:
    parquet = read(mockup_output, name)
    csv = pd.read_csv(mockup_output / f"{name}.csv", dtype=TEXT_IDS, float_precision="round_trip")
    assert list(csv.columns) == list(parquet.columns)
    assert len(csv) == len(parquet) == len(mockup_project.table(name)) > 0
    numbers = parquet.select_dtypes("number").columns
    np.testing.assert_array_equal(csv[numbers].astype(float), parquet[numbers].astype(float))
    times = parquet.select_dtypes(["datetime", "datetimetz"]).columns
    for time in times:
        assert list(pd.to_datetime(csv[time], utc=True)) == list(parquet[time])
    others = parquet.columns.difference([*numbers, *times])
    # NULL and an empty text are one thing in CSV
    assert csv[others].fillna("").astype(str).equals(parquet[others].fillna("").astype(str))


def test_csv_holds_no_formula() -> None:
    ids = ["=1+1", "+49", "-2", "@x", "\tx", "0101", "a=b", "", None]
    table = pa.table({"antenna_id": ids, "net_calls": range(-4, 5)})
    written = export.without_formulas(table)
    assert written["antenna_id"].to_pylist() == [
        "'=1+1", "'+49", "'-2", "'@x", "'\tx", "0101", "a=b", "", None
    ]  # fmt: skip
    assert written["net_calls"].equals(table["net_calls"])


# --- maps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["antennas.geo.parquet", "antennas.geojson"])
def test_antennas_are_points(mockup_output: Path, name: str) -> None:
    antennas = read_places(mockup_output / name)
    features = read(mockup_output, "final_features")
    assert antennas.crs.equals("EPSG:4326")
    assert list(antennas["antenna_id"]) == list(features["antenna_id"])
    assert antennas.geometry.x.to_numpy() == pytest.approx(features["longitude"], abs=1e-6)
    assert antennas.geometry.y.to_numpy() == pytest.approx(features["latitude"], abs=1e-6)
    for column in ("calls_ratio", "active_users"):
        assert features[column].isna().any()
        assert antennas[column].astype(float).to_numpy() == pytest.approx(
            features[column].astype(float), nan_ok=True
        )
    indicators = [column for column in features if "__" in column]
    assert set(indicators) <= set(antennas.columns) or name.endswith(".geojson")


@pytest.mark.parametrize("name", ["ties.geo.parquet", "ties.geojson"])
def test_ties_are_lines(mockup_output: Path, name: str) -> None:
    lines = read_places(mockup_output / name)
    pairs = read(mockup_output, "final_interactions").query("antenna_id1 != antenna_id2")
    places = read_places(mockup_output / "antennas.geo.parquet").set_index("antenna_id").geometry
    assert len(lines) == len(pairs) > 0
    for line, one, other in zip(
        lines.geometry, pairs["antenna_id1"], pairs["antenna_id2"], strict=True
    ):
        (start, end) = line.coords
        assert start == pytest.approx(places[one].coords[0], abs=1e-6)
        assert end == pytest.approx(places[other].coords[0], abs=1e-6)


def read_places(path: Path) -> gpd.GeoDataFrame:
    """A file for maps, as geopandas reads it."""
    return gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)


# --- descriptions ---------------------------------------------------------------------------------


def test_dictionary_describes_every_column(mockup_output: Path) -> None:
    dictionary = pd.read_csv(mockup_output / "data_dictionary.csv", keep_default_na=False)
    described = list(dictionary[["table", "column"]].itertuples(index=False, name=None))
    assert described == [
        (name, column) for name in RELEASED for column in read(mockup_output, name).columns
    ]
    assert (dictionary["meaning"].str.len() > 10).all()
    numbers = dictionary[dictionary["type"].isin(["number", "integer"])]
    unexplained = numbers[(numbers["unit"] == "") | (numbers["range"] == "")]
    assert unexplained.empty, list(unexplained["column"])
    assert not dictionary["meaning"].str.contains("Unit:|Range:|privacy_max_share").any()


def test_dictionary_tells_the_privacy_rule(mockup_output: Path) -> None:
    dictionary = pd.read_csv(mockup_output / "data_dictionary.csv").set_index(["table", "column"])
    rules = dictionary["privacy_rule"]
    assert "more than 15 users" in rules["final_features", "calls_ratio"]
    assert "more than 50%" in rules["final_hourly_profile", "og_calls"]
    assert "place" in rules["final_features", "dist2c"]
    assert "whole" in rules["data_quality", "accepted_rows"]
    # What the gate decides on is what the report counts.
    gated = {key for key, rule in rules.items() if "more than 15 users" in rule}
    report = read(mockup_output, "release_report")
    decided = set(zip(report["released_table"], report["feature"], strict=True))
    decided -= {("final_features", "dist2c")}
    assert gated == decided


def test_data_package_is_valid(mockup_output: Path) -> None:
    package = json.loads((mockup_output / "datapackage.json").read_text())
    described = {resource["path"] for resource in package["resources"]}
    files = {path.name for path in mockup_output.iterdir() if path.suffix != ".html"}
    assert described == files - {"datapackage.json", "data_dictionary.csv"}
    outcome = Package(source=mockup_output / "datapackage.json").validate()
    assert outcome.valid, outcome.flatten(["title", "message"])


@pytest.mark.parametrize("period", PERIODS)
def test_antennas_are_counted_once(release_by: Callable[[str], Release], period: str) -> None:
    """In the last line of `make run`; the files of a release by periods name them in their keys."""
    release = release_by(period)
    features = pa.parquet.read_table(release.output / "final_features.parquet")
    expected = {
        "all": "30 antennas with",
        "week": "15 antennas in 3 periods with",
        "month": "15 antennas in 2 periods with",
    }[period]
    assert f"final_features: {expected} {features.num_columns} columns" in run.built(features)
    package = Package(source=release.output / "datapackage.json")
    key = package.get_resource("final_features-csv").schema.primary_key
    assert key == (["antenna_id"] if period == "all" else ["period", "antenna_id"])
    if period != "all":
        assert package.validate().valid


def test_data_package_finds_a_wrong_file(mockup_output: Path, tmp_path: Path) -> None:
    shutil.copytree(mockup_output, tmp_path, dirs_exist_ok=True)
    package = Package(source=tmp_path / "datapackage.json")
    resource = package.get_resource("final_hourly_profile-csv")
    profile = pd.read_csv(tmp_path / "final_hourly_profile.csv", dtype=str)
    profile.loc[3, "hour"] = "24"
    profile.to_csv(tmp_path / "final_hourly_profile.csv", index=False)
    assert "constraint" in str(resource.validate().flatten(["message"]))


# --- privacy --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "time", "users_table"),
    [
        ("final_hourly_profile", "hour", "user_metrics_hourly"),
        ("final_weekly_profile", "week", "user_metrics_week"),
    ],
)
def test_profiles_keep_the_threshold(
    mockup_project: Project, mockup_output: Path, name: str, time: str, users_table: str
) -> None:
    """In the files: every value, and every remainder of a sum, rests on more than 15 people."""
    profile = read(mockup_output, name)
    users = mockup_project.restricted(users_table).merge(
        mockup_project.restricted("user_home_antenna")[["user_id", "antenna_id"]], on="user_id"
    )
    some_withheld = False
    for measure in MEASURES:
        theirs = users.dropna(subset=measure)[["antenna_id", "user_id", time, measure]]
        cells = theirs.merge(
            profile[["antenna_id", time, measure]].rename(columns={measure: "released"}),
            on=["antenna_id", time],
        )
        grouped = cells[cells["released"].notna()].groupby(["antenna_id", time])
        assert (grouped["user_id"].nunique() > 15).all()
        assert (grouped[measure].sum() == grouped["released"].first()).all()

        speaking = set(cells.loc[cells["released"].notna(), "antenna_id"])
        rests = cells[cells["released"].isna() & cells["antenna_id"].isin(speaking)]
        some_withheld |= not rests.empty
        people = rests.groupby("antenna_id")["user_id"].nunique()
        assert (people > 15).all(), measure
        shares = rests.groupby(["antenna_id", "user_id"])[measure].sum()
        largest = shares.groupby("antenna_id").max() / shares.groupby("antenna_id").sum()
        assert (largest.dropna() <= 0.5).all(), measure
    assert some_withheld or time == "week"


def test_profiles_say_what_is_withheld(mockup_output: Path) -> None:
    for name in ("final_hourly_profile", "final_weekly_profile"):
        profile = read(mockup_output, name)
        assert profile["withheld_values"].ne("").any()
        for measure in MEASURES:
            is_listed = profile["withheld_values"].str.contains(f"{measure}=")
            assert not (is_listed & profile[measure].notna()).any()
