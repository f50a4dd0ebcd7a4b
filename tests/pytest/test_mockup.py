"""The mock-up: reproducible, complete on both sides, and with the rhythms that it promises."""

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.mockup import COLUMNS, PLAIN, OptionError, Options, delivery, events, generate, main
from scripts.mockup.broken import FAULTS
from scripts.paths import PROJECT_ROOT

SMALL: dict[str, Any] = {"users": 60, "antennas": 6, "machines": 1, "days": 3}
SMALL_ARGUMENTS = ["--users=60", "--antennas=6", "--machines=1", "--days=3"]
HOLIDAYS = ["2024-05-01", "2024-05-09", "2024-05-20"]


class Sample:
    """A mock-up folder, read back as text."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.manifest = json.loads((folder / "truth/manifest.json").read_text())
        self.homes = self._truth("homes").set_index("user_id").antenna_id
        self.machines = set(self._truth("machines").user_id)
        self.outage = self._truth("outage")
        self.locations = pd.read_csv(
            folder / "MS_LOCATION.csv",
            names=["antenna_id", "cell_id", "longitude", "latitude"],
            dtype={"antenna_id": str, "cell_id": str},
        )
        days = [
            pd.read_csv(file, names=COLUMNS, dtype=str).assign(file=file.stem)
            for file in sorted(folder.glob("20*.csv*"))
        ]
        rows = pd.concat(days, ignore_index=True)
        broken = self._truth("broken_rows")
        line = (rows.groupby("file").cumcount() + 1).astype(str)
        is_broken = pd.MultiIndex.from_arrays([rows.file + ".csv", line]).isin(
            pd.MultiIndex.from_frame(broken[["file", "line"]])
        )
        self.broken = rows[is_broken].assign(reason=broken.reason.to_numpy())
        self.records = rows[~is_broken].reset_index(drop=True)
        antenna_of = self.locations.set_index("cell_id").antenna_id
        self.records["antenna_id"] = self.records.cell_id.map(antenna_of)
        self.records["date"] = self.records.datetime.str[:10]
        self.records["hour"] = self.records.datetime.str[11:13].astype(int)
        self.records["is_machine"] = self.records.caller_id.isin(self.machines)
        weekday = pd.to_datetime(self.records.date).dt.dayofweek
        self.records["kind"] = np.where(weekday < 5, "workday", "weekend")
        self.records.loc[self.records.date.isin(HOLIDAYS), "kind"] = "holiday"

    def _truth(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"truth/{name}.csv", dtype=str)

    def weekly(self) -> pd.Series:
        """Interactions per active (ISO) week of each user."""
        week = pd.to_datetime(self.records.date).dt.to_period("W")
        return self.records.groupby(["caller_id", week]).size().groupby("caller_id").mean()


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def make(folder: Path, **options: Any) -> Sample:
    generate(Options(**{**SMALL, **options}), folder)
    return Sample(folder)


def assert_both_sides(sample: Sample) -> None:
    """Every event between customers has its two records, every other event has one."""
    records = sample.records.fillna({"call_duration": ""})
    inside = records[records.correspondent_id.isin(sample.homes.index)]
    event = ["datetime", "interaction", "call_duration"]
    out, into = inside[inside.direction == "2"], inside[inside.direction == "1"]
    sent = out.groupby([*event, "caller_id", "correspondent_id"]).size()
    received = into.groupby([*event, "correspondent_id", "caller_id"]).size()
    assert sorted(sent.items()) == sorted(received.items())
    assert (inside.national == "1").all()
    assert (inside.caller_id != inside.correspondent_id).all()
    # Nobody but customers has records, so that what is left can only be one-sided.
    assert records.caller_id.isin(sample.homes.index).all()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The default sample, made by the command line's defaults."""
    folder = tmp_path_factory.mktemp("mockup") / "sample"
    assert main(["--output", str(folder)]) == 0
    return Sample(folder)


# --- layout ---------------------------------------------------------------------------------------


def test_default_sample_is_small_and_long_enough(sample: Sample) -> None:
    files = files_of(sample.folder)
    assert sum(map(len, files.values())) < 20_000_000
    assert len(sample.homes) >= 1_000
    days = sorted(set(sample.records.date))
    assert (days[0], days[-1], len(days)) == ("2024-04-29", "2024-05-26", 28)
    assert set(HOLIDAYS) < set(days)


def test_files_and_columns(sample: Sample) -> None:
    days = sorted(name for name in files_of(sample.folder) if name.startswith("20"))
    assert days == [
        "20240429.csv",
        "20240430.csv",
        *(f"202405{day:02d}.csv" for day in range(1, 27)),
    ]
    for name in days[:2]:
        with (sample.folder / name).open(newline="") as file:
            columns = [len(row) for row in csv.reader(file)]
            assert set(columns[: (sample.records.file == name[:8]).sum()]) == {9}
    records = sample.records
    assert (records.date.str.replace("-", "") == records.file).all()
    assert records.datetime.is_monotonic_increasing
    assert records.datetime.str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").all()
    for column in ("direction", "interaction", "national"):
        assert set(records[column]) == {"1", "2"}
    assert records.tac_code.str.fullmatch(r"\d{8}").all()
    assert records.groupby("caller_id").tac_code.nunique().max() == 1
    assert (records.call_duration.isna() == (records.interaction == "2")).all()
    durations = records.call_duration.dropna()
    assert durations.str.fullmatch(r"\d+\.\d").all()
    assert durations.astype(float).between(1, 7200).all()
    assert durations.str.endswith(".5").any(), "halves test the rounding"


def test_locations(sample: Sample) -> None:
    locations = sample.locations
    assert locations.cell_id.is_unique
    assert (locations.groupby("antenna_id").size() == 3).all()
    assert locations.duplicated(["longitude", "latitude"]).sum() == 0
    assert set(sample.records.cell_id) <= set(locations.cell_id)
    assert set(sample.homes) <= set(locations.antenna_id)
    assert locations.antenna_id.str.startswith("0").any()
    as_numbers = pd.to_numeric(locations.antenna_id, errors="coerce").astype(str)
    assert (as_numbers != locations.antenna_id).all(), "ids survive only as text"


def test_manifest_tells_every_file(sample: Sample) -> None:
    files = files_of(sample.folder)
    del files["truth/manifest.json"]
    listed = sample.manifest["files"]
    assert listed.keys() == files.keys()
    for name, content in files.items():
        assert listed[name]["sha256"] == hashlib.sha256(content).hexdigest()
        if name == "zones.geojson":
            assert listed[name]["rows"] == len(json.loads(content)["features"])
            continue
        header = name.startswith(("truth/", "population")) and name.endswith(".csv")
        assert listed[name]["rows"] == content.count(b"\n") - header
    assert sample.manifest["records"] == len(sample.records) + len(sample.broken)
    assert sample.manifest["options"]["seed"] == 1
    assert sample.manifest["options"]["holidays"] == HOLIDAYS


# --- reproducibility ------------------------------------------------------------------------------


def test_same_bytes_in_another_process_and_slice_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "scripts.mockup", "--output", str(tmp_path / "a")]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run([*command, *SMALL_ARGUMENTS], cwd=PROJECT_ROOT, env=environment, check=True)
    monkeypatch.setattr(delivery, "SLICE", 17)
    generate(Options(**SMALL), tmp_path / "b")
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    samples = make(tmp_path / "a", seed=1), make(tmp_path / "b", seed=2)
    one, other = (files_of(sample.folder) for sample in samples)
    assert one.keys() == other.keys()
    assert all(one[name] != other[name] for name in one if name.startswith(("20", "MS")))


def test_a_longer_period_begins_with_the_shorter_one(tmp_path: Path) -> None:
    short = files_of(make(tmp_path / "a", days=2, outages=0).folder)
    long = files_of(make(tmp_path / "b", days=4, outages=0).folder)
    assert all(long[name] == short[name] for name in short if name.startswith(("20", "MS")))


# --- what the records contain ---------------------------------------------------------------------


def test_both_sides_are_recorded(sample: Sample) -> None:
    assert_both_sides(sample)
    inside = sample.records.correspondent_id.isin(sample.homes.index)
    assert 0.5 < inside.mean() < 0.95
    outside = sample.records[~inside]
    assert set(outside.direction) == {"1", "2"}
    abroad = ~outside.correspondent_id.str.startswith("999")
    assert (abroad == (outside.national == "2")).all()
    assert 0.05 < abroad.mean() < 0.3


def test_each_side_has_its_own_cell(sample: Sample) -> None:
    out = sample.records[(sample.records.direction == "2") & ~sample.records.is_machine]
    into = sample.records[sample.records.direction == "1"]
    pairs = out.merge(
        into,
        left_on=["datetime", "caller_id", "correspondent_id"],
        right_on=["datetime", "correspondent_id", "caller_id"],
    )
    assert 0.1 < (pairs.antenna_id_x == pairs.antenna_id_y).mean() < 0.6
    asleep = sample.records[sample.records.hour.isin([23, 0, 1, 2, 3, 4, 5])]
    at_home = asleep.antenna_id == asleep.caller_id.map(sample.homes)
    assert (at_home.groupby(asleep.direction).mean() > 0.75).all()


def test_machines_exceed_a_thousand_a_week_and_people_do_not(sample: Sample) -> None:
    weekly = sample.weekly()
    is_machine = weekly.index.isin(sample.machines)
    assert is_machine.sum() == 3
    assert weekly[is_machine].min() > 1_200
    assert weekly[~is_machine].max() < 700
    sent = sample.records[sample.records.is_machine]
    assert (sent.antenna_id == sent.caller_id.map(sample.homes)).mean() > 0.95, "they stay put"
    assert (sent.direction == "2").all()


def test_people_are_clipped_at_the_highest_rate(tmp_path: Path) -> None:
    busy = make(tmp_path / "a", events_per_day=20.0, days=7)
    daily = busy.records[~busy.records.is_machine].groupby(["caller_id", "date"]).size()
    assert daily.max() == events.DAILY_LIMIT
    assert_both_sides(busy)


def test_rhythm_of_days_and_hours(sample: Sample) -> None:
    people = sample.records[~sample.records.is_machine]
    per_day = people.groupby(["kind", "date"]).size().groupby("kind").mean()
    assert per_day["weekend"] < 0.9 * per_day["workday"]
    assert per_day["holiday"] > 1.1 * per_day["workday"]
    is_text = people.interaction == "2"
    texts = is_text.groupby(people.kind).mean()
    assert texts["holiday"] > texts["workday"] + 0.1
    hours = people.groupby("kind").hour.value_counts(normalize=True).unstack()
    assert hours.loc["workday", 2] < 0.2 * hours.loc["workday", 18]
    for free_day in ("weekend", "holiday"):
        assert hours.loc[free_day, 8] < 0.8 * hours.loc["workday", 8]
        assert hours.loc[free_day, 0] > 1.5 * hours.loc["workday", 0]


def test_people_commute_on_workdays(sample: Sample) -> None:
    people = sample.records[~sample.records.is_machine]
    away = people.antenna_id != people.caller_id.map(sample.homes)
    share = away.groupby([people.kind, people.hour]).mean()
    assert share["workday", 11] > 0.4
    assert share["workday", 11] > share["weekend", 11] + 0.1
    assert share["workday", 11] > share["holiday", 11] + 0.1
    assert share["workday", 2] < 0.15


def test_homes_can_be_found_at_night(sample: Sample) -> None:
    night = sample.records[(sample.records.hour >= 19) | (sample.records.hour < 7)]
    counts = night.groupby(["caller_id", "antenna_id"]).size().rename("events").reset_index()
    counts = counts.sort_values(["events", "antenna_id"], ascending=[False, True])
    found = counts.drop_duplicates("caller_id").set_index("caller_id").antenna_id
    assert len(found) > 0.95 * len(sample.homes)
    assert (found == sample.homes[found.index]).mean() >= 0.9


def test_antennas_differ_in_popularity(sample: Sample) -> None:
    users = sample.homes.value_counts().reindex(sample.locations.antenna_id.unique(), fill_value=0)
    assert 25 <= len(users) <= 40
    assert (users >= 25).mean() > 0.75, "most are far above a privacy gate at 15 users"
    assert (users <= 15).sum() >= 2, "some are below it"
    assert users.max() > 3 * users.median()


def test_ties_are_mutual_near_and_unequal(sample: Sample) -> None:
    people = sample.records[~sample.records.is_machine & (sample.records.direction == "2")]
    calls = people[people.correspondent_id.isin(sample.homes.index)]
    ties = set(zip(calls.caller_id, calls.correspondent_id, strict=True))
    assert np.mean([(b, a) in ties for a, b in ties]) > 0.8
    # Whom one calls often calls back often. Without texts, as they are answered; by ranks among a
    # caller's ties, as busy callers call everybody often.
    often = calls[calls.interaction == "1"].groupby(["caller_id", "correspondent_id"]).size()
    back = often.swaplevel().reindex(often.index, fill_value=0)
    rank, back_rank = (x.groupby("caller_id").rank(pct=True) for x in (often, back))
    assert np.corrcoef(rank, back_rank)[0, 1] > 0.15
    degree = pd.Series([a for a, _ in ties]).value_counts()
    assert degree.max() > 4 * degree.median()
    home = sample.homes.to_dict()
    same_home = np.mean([home[a] == home[b] for a, b in ties])
    assert same_home > 3 * (sample.homes.value_counts(normalize=True) ** 2).sum()


def test_outage_silences_one_antenna_for_some_days(sample: Sample) -> None:
    first, *_ = outages = list(sample.outage.itertuples())
    assert len(outages) == 3
    assert len(set(sample.outage.antenna_id)) == len(set(sample.outage.served_by)) == 1
    daily = sample.records.groupby(["antenna_id", "date"]).size().unstack(fill_value=0)
    outage = first
    assert list(daily.columns[daily.loc[outage.antenna_id] == 0]) == list(sample.outage.date)
    days = list(sample.outage.date)
    assert (pd.to_datetime(days).diff()[1:] == pd.Timedelta(days=1)).all()
    at_home = sample.records[sample.records.caller_id.map(sample.homes) == outage.antenna_id].query(
        "date in @days and (hour >= 19 or hour < 7)"
    )
    assert (at_home.antenna_id == outage.served_by).mean() > 0.6
    sites = sample.locations.groupby("antenna_id")[["longitude", "latitude"]].mean()
    offset = (sites - sites.loc[outage.antenna_id]) * [np.cos(np.radians(52.5)), 1]
    distance = np.hypot(offset.longitude, offset.latitude).drop(outage.antenna_id)
    assert distance.idxmin() == outage.served_by


def test_broken_rows_have_one_fault_each(sample: Sample) -> None:
    """A broken row is a good one once more, but for the column that its fault is in."""
    assert 0.001 < len(sample.broken) / len(sample.records) < 0.003
    assert set(sample.broken.reason) == set(FAULTS)
    good = set(sample.records[list(COLUMNS)].fillna("").itertuples(index=False, name=None))
    for row in sample.broken.fillna("").itertuples():
        values = [getattr(row, name) for name in COLUMNS]
        assert tuple(values) not in good
        column, value, _ = FAULTS[row.reason]
        where = COLUMNS.index(column)
        if value is None:
            assert not any(values[where:]), "the row is cut off"
        else:
            assert values[where] == value


# --- districts and their deprivation --------------------------------------------------------------


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A mock-up with as many districts as statistics of a country have."""
    folder = tmp_path_factory.mktemp("country") / "sample"
    return make(folder, users=9000, antennas=240, districts=60, days=14, machines=2)


def by_district(sample: Sample) -> pd.DataFrame:
    """What the calls between customers say about districts, beside the truth."""
    zones = gpd.read_file(sample.folder / "zones.geojson")
    sites = sample.locations.groupby("antenna_id")[["longitude", "latitude"]].mean()
    places = gpd.GeoDataFrame(
        sites, geometry=gpd.points_from_xy(sites.longitude, sites.latitude), crs=4326
    )
    zone_of = places.sjoin(zones, predicate="within").zone_id
    assert zone_of.index.is_unique and len(zone_of) == len(sites)

    people = sample.homes.drop(list(sample.machines))
    calls = sample.records.query("interaction == '1'")
    pairs = pd.DataFrame({"a": calls.caller_id, "b": calls.correspondent_id})
    pairs = pairs[pairs.a.isin(people.index) & pairs.b.isin(people.index)]
    pairs = pairs.apply(lambda ids: ids.map(people))
    one, other = (np.radians(sites.loc[pairs[side]].to_numpy()) for side in "ab")
    half = np.sin((one - other) / 2) ** 2
    chord = half[:, 1] + np.cos(one[:, 1]) * np.cos(other[:, 1]) * half[:, 0]
    zone = pairs.a.map(zone_of)
    between = pd.crosstab(zone, pairs.b.map(zone_of), normalize="index")
    surprise = -np.log2(between.where(between > 0))

    population = pd.read_csv(sample.folder / "population.csv").set_index("zone")
    truth = pd.read_csv(sample.folder / "truth/deprivation.csv").set_index("zone")
    antennas = zone_of.value_counts().reindex(truth.index)
    return truth.assign(
        density=population.population / population.area_km2,
        antennas=antennas / population.area_km2,
        distance=pd.Series(2 * 6371 * np.arcsin(np.sqrt(chord)), pairs.index).groupby(zone).mean(),
        to_capital=between[truth.index[truth.is_capital == 1][0]],
        entropy=(between * surprise).sum(axis=1),
        call_length=calls.call_duration.astype(float)
        .groupby(calls.caller_id.map(sample.homes).map(zone_of))
        .mean(),
    )


@pytest.mark.parametrize(
    ("measure", "published"),
    [("density", -0.70), ("antennas", -0.69), ("distance", 0.79), ("to_capital", -0.71),
     ("entropy", -0.64)],
)  # fmt: skip
def test_deprivation_shows_as_strongly_as_published(
    country: Sample, measure: str, published: float
) -> None:
    """Spearman's rank correlation with the index, as in the communes of Senegal."""
    districts = by_district(country)
    assert len(districts) == 60
    found = districts[measure].corr(districts.deprivation, method="spearman")
    assert found == pytest.approx(published, abs=0.12)


def test_distance_falls_with_density_as_published(country: Sample) -> None:
    districts = by_district(country)
    found = districts.distance.corr(districts.density, method="spearman")
    assert found == pytest.approx(-0.70, abs=0.2)


def test_deprivation_shortens_calls(country: Sample) -> None:
    districts = by_district(country)
    assert -0.8 < districts.call_length.corr(districts.deprivation, method="spearman") < -0.4


def test_default_sample_shows_deprivation_too(sample: Sample) -> None:
    districts = by_district(sample)
    assert len(districts) == 12
    correlations = districts[["density", "antennas", "distance", "to_capital"]].corrwith(
        districts.deprivation, method="spearman"
    )
    assert (correlations * [-1, -1, 1, -1] > 0.5).all()


@pytest.mark.parametrize("name", ["sample", "country"])
def test_capital_is_a_district_and_the_densest(name: str, request: pytest.FixtureRequest) -> None:
    districts = by_district(request.getfixturevalue(name))
    (capital,) = districts[districts.is_capital == 1].itertuples()
    assert (capital.Index, capital.zone_name) == ("D1", "Centre")
    assert districts.density.idxmax() == districts.deprivation.idxmin() == "D1"


def test_districts_cover_the_area_once(country: Sample) -> None:
    zones = gpd.read_file(country.folder / "zones.geojson")
    assert list(zones.zone_id) == [f"D{number}" for number in range(1, 62)]
    assert zones.zone_name.is_unique
    areas = zones.geometry.to_numpy()
    assert shapely.area(areas).sum() == pytest.approx(shapely.union_all(areas).area, rel=1e-6)
    people = pd.read_csv(country.folder / "population.csv").set_index("zone").population
    assert list(people.index[people == 0]) == ["D61"], "the lake"


def test_truth_is_described(sample: Sample, tmp_path: Path) -> None:
    """Each file has a row, and each column is named; without deprivation there is nothing of it."""
    text = (sample.folder / "truth/README.md").read_text()
    for file in (sample.folder / "truth").iterdir():
        if file.suffix == ".csv":
            (row,) = [line for line in text.splitlines() if line.startswith(f"| {file.name} |")]
            assert all(name in row for name in file.read_text().split("\n", 1)[0].split(","))
    assert "The capital is D1, Centre" in text
    plain = make(tmp_path / "plain", **PLAIN)
    assert "eprivation" not in (plain.folder / "truth/README.md").read_text()
    assert not (plain.folder / "truth/deprivation.csv").exists()
    assert len(plain.broken) == 0 and len(plain.outage) == 1


# --- options --------------------------------------------------------------------------------------


def test_sizes_follow_the_options(tmp_path: Path) -> None:
    changed = make(
        tmp_path / "a", users=90, antennas=9, machines=2, days=4, cells_per_antenna=2,
        start=date(2020, 2, 27), outages=5, outage_days=2,
    )  # fmt: skip
    assert len(changed.homes) == 90
    assert changed.locations.antenna_id.nunique() == 9
    assert (changed.locations.groupby("antenna_id").size() == 2).all()
    assert len(changed.machines) == 2
    assert sorted(set(changed.records.file)) == ["20200227", "20200228", "20200229", "20200301"]
    days = changed.outage.groupby("antenna_id").date.nunique()
    assert len(days) == 5
    assert set(days) == {1, 2}, "an outage may end with the period"
    seen = set(zip(changed.records.date, changed.records.antenna_id, strict=True))
    assert not seen & set(zip(changed.outage.date, changed.outage.antenna_id, strict=True))


def test_area_follows_the_options(tmp_path: Path) -> None:
    locations = make(
        tmp_path / "a", antennas=200, latitude=-33, longitude=179.9, extent=40.0
    ).locations
    kilometres = (locations.latitude + 33).abs() * 111.195
    assert 10 < kilometres.max() <= 20.2
    assert locations.longitude.between(-180, 180).all()
    assert (locations.longitude < 0).any(), "the date line is crossed"


def test_rates_follow_the_options(tmp_path: Path) -> None:
    def counts(name: str, **options: Any) -> tuple[int, float]:
        records = make(tmp_path / name, users=300, **options).records
        sent = records[records.is_machine & (records.direction == "2")]
        return (~records.is_machine).sum(), len(sent) / 3

    people, machine = counts("a", events_per_day=2.0, machines=1)
    more_people, more_machine = counts("b", events_per_day=6.0, machine_events_per_day=500.0)
    assert 2 < more_people / people < 3.2
    assert 220 < machine < 280
    assert 460 < more_machine < 540
    # Each started event is recorded twice, or matched by one that comes in from outside;
    # answers to texts come on top.
    assert 0.9 < people / (300 * 3 * 2 * 2.0) < 1.4


def test_holidays_follow_the_option(tmp_path: Path) -> None:
    generate(Options(**SMALL, holidays=()), tmp_path / "a")
    assert main(
        ["--output", str(tmp_path / "b"), "--holidays", "2024-04-30", *SMALL_ARGUMENTS]
    ) == 0  # fmt: skip
    plain, festive = files_of(tmp_path / "a"), files_of(tmp_path / "b")
    changed = [name for name in plain if plain[name] != festive[name]]
    assert changed == ["20240430.csv", "truth/broken_rows.csv", "truth/manifest.json"]
    assert main(["--output", str(tmp_path / "c"), "--holidays=none", *SMALL_ARGUMENTS]) == 0
    assert files_of(tmp_path / "c") == plain


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    users=st.integers(1, 30),
    antennas=st.integers(1, 8),
    machines=st.integers(0, 3),
    outages=st.integers(0, 8),
    cells_per_antenna=st.integers(1, 4),
    days=st.integers(1, 3),
    events_per_day=st.floats(0, 20),
    outage_days=st.integers(1, 3),
    broken_rows=st.floats(0, 0.1),
    districts=st.integers(6, 12),
    deprivation=st.integers(0, 1),
    seed=st.integers(0, 2**63 - 1),
)
def test_any_allowed_options_give_consistent_records(
    users: int, machines: int, antennas: int, outages: int, **others: Any
) -> None:
    options = Options(
        users=users,
        machines=min(machines, users - 1),
        antennas=antennas,
        outages=min(outages, antennas - 1),
        **others,
    )
    with tempfile.TemporaryDirectory() as folder:
        generate(options, Path(folder, "sample"))
        sample = Sample(Path(folder, "sample"))
        assert len(sample.homes) == users
        assert sample.records.antenna_id.notna().all()
        assert_both_sides(sample)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--users=0"], "--users 0: allowed is a whole number from 1 to"),
        (["--users", "-5"], "--users -5: allowed is a whole number from 1 to"),
        (["--users=many"], "--users many: allowed is a whole number from 1 to"),
        (["--users=1.5"], "--users 1.5: allowed is a whole number"),
        (["--days=-1"], "--days -1: allowed is a whole number from 1 to 366"),
        (["--days=40", "--start=2099-12-20"], "--days 40: allowed is at most 12"),
        (["--start=yesterday"], "--start yesterday: allowed is a date YYYY-MM-DD from 2000-01-01"),
        (["--start=1999-12-31"], "--start 1999-12-31: allowed is a date YYYY-MM-DD from"),
        (["--holidays=2018-10-16,x"], "--holidays 2018-10-16,x: allowed are dates YYYY-MM-DD"),
        (["--holidays="], "--holidays : allowed are dates YYYY-MM-DD"),
        (["--antennas=0"], "--antennas 0: allowed is a whole number from 1"),
        (["--cells-per-antenna=0"], "--cells-per-antenna 0: allowed is a whole number from 1"),
        (["--machines=11", "--users=10"], "--machines 11: allowed is at most 9"),
        (["--machines=-1"], "--machines -1: allowed is a whole number from 0"),
        (["--outages=5", "--antennas=5"], "--outages 5: allowed is at most 4"),
        (["--outage-days=0"], "--outage-days 0: allowed is a whole number from 1"),
        (["--broken-rows=0.5"], "--broken-rows 0.5: allowed is a number from 0.0 to 0.1"),
        (["--districts=5"], "--districts 5: allowed is a whole number from 6"),
        (["--deprivation=2"], "--deprivation 2: allowed is a whole number from 0 to 1"),
        (["--latitude=nan"], "--latitude nan: allowed is a number from -80.0 to 80.0"),
        (["--longitude=181"], "--longitude 181.0: allowed is a number from -180.0 to 180.0"),
        (["--extent=inf"], "--extent inf: allowed is a number from 1.0"),
        (["--events-per-day=-0.1"], "--events-per-day -0.1: allowed is a number from 0.0 to 20.0"),
        (["--machine-events-per-day=10"], "--machine-events-per-day 10.0: allowed is a number"),
        (["--seed=-1"], "--seed -1: allowed is a whole number from 0"),
        (["--user=3"], "--user=3"),
    ],
)
def test_bad_options_end_with_a_sentence(
    arguments: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main(["--output", str(tmp_path / "sample"), *arguments])
    except SystemExit as stop:  # argparse ends this way
        code = stop.code
    assert code == 2
    message = capsys.readouterr().err
    assert expected in message
    assert message.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_bad_options_in_code() -> None:
    for bad in ({"users": 0}, {"users": "10"}, {"users": True}, {"holidays": "2018-10-16"}):
        with pytest.raises(OptionError, match=f"--{next(iter(bad))} "):
            Options(**bad)


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    shown = capsys.readouterr().out
    for name in Options.__dataclass_fields__:
        assert "--" + name.replace("_", "-") in shown
    assert "--output" in shown and "--force" in shown


# --- all or nothing -------------------------------------------------------------------------------


def test_an_interrupted_run_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sample"
    generate(Options(**SMALL), folder)
    before = files_of(folder)
    write = delivery.DayWriter.write
    written: list[Path] = []

    def interrupted(self: delivery.DayWriter, path: Path, *others: Any) -> int:
        written.append(path)
        if len(written) % 2 == 0:
            raise KeyboardInterrupt
        return write(self, path, *others)

    monkeypatch.setattr(delivery.DayWriter, "write", interrupted)
    for output in (folder, tmp_path / "new"):
        with pytest.raises(KeyboardInterrupt):
            main(["--output", str(output), "--force", "--seed=2", *SMALL_ARGUMENTS])
    assert len(written) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]
    assert files_of(folder) == before


def test_a_terminated_run_cleans_up(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.mockup", "--output", str(tmp_path / "sample")]
    run = subprocess.Popen([*command, "--days=366", "--users=20000"], cwd=PROJECT_ROOT)
    patience = time.monotonic() + 15
    while not list(tmp_path.rglob("20*.csv")) and time.monotonic() < patience:
        time.sleep(0.02)
    assert next(path.name for path in tmp_path.iterdir()).startswith(".sample.partial-")
    run.send_signal(signal.SIGTERM)
    assert run.wait(15) == 143
    assert not list(tmp_path.iterdir())


def test_a_failed_exchange_puts_the_old_mockup_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "sample"
    generate(Options(**SMALL), folder)
    before = files_of(folder)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError("no room")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    assert main(["--output", str(folder), "--force", "--seed=2", *SMALL_ARGUMENTS]) == 1
    assert capsys.readouterr().err.endswith("no room\n")
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]
    assert files_of(folder) == before


def test_only_its_own_folder_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "deep" / "sample"
    arguments = ["--output", str(folder), *SMALL_ARGUMENTS]
    folder.mkdir(parents=True)
    assert main(arguments) == 0, "an empty folder is taken"
    first = files_of(folder)
    capsys.readouterr()
    assert main([*arguments, "--seed=2"]) == 2
    assert "holds a mock-up already; --force replaces it" in capsys.readouterr().err
    assert files_of(folder) == first
    assert main([*arguments, "--seed=2", "--force"]) == 0
    second = files_of(folder)
    assert second != first

    (folder / "notes.txt").write_text("mine")
    assert main([*arguments, "--force"]) == 2
    assert "no mock-up (for example notes.txt)" in capsys.readouterr().err
    assert files_of(folder) == {**second, "notes.txt": b"mine"}


@pytest.mark.parametrize("manifest", [None, "", "[]", "{}", '{"made_by": "scripts.mockup"}'])
def test_foreign_folders_are_never_replaced(
    manifest: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "sample"
    (folder / "truth").mkdir(parents=True)
    (folder / "20240429.csv").write_text("real records")
    if manifest is not None:
        (folder / "truth/manifest.json").write_text(manifest)
    before = files_of(folder)
    assert main(["--output", str(folder), "--force", *SMALL_ARGUMENTS]) == 2
    assert "holds something that is no mock-up" in capsys.readouterr().err
    assert files_of(folder) == before


def test_an_unusable_place_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--output", str(tmp_path / "file" / "sample"), *SMALL_ARGUMENTS]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["--output", str(tmp_path / "file"), *SMALL_ARGUMENTS]) == 2
