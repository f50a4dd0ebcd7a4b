"""Releases of zones: the zones themselves, and what is released of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import WITHOUT_DATA_TESTS, Project
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_gnuper import zones
from scripts import mockup

SQUARES = {"a": (0, 0, 1, 1), "b": (1, 0, 2, 1), "c": (5, 5, 6, 6)}


def polygons(path: Path, crs: Any = 4326, **shapes: Any) -> Path:
    """A file of polygons with zone_id."""
    frame = gpd.GeoDataFrame({"zone_id": list(shapes)}, geometry=list(shapes.values()), crs=crs)
    frame.to_file(path)
    return path


def squares() -> dict[str, shapely.Polygon]:
    """Two neighbours and an island."""
    return {name: shapely.box(*bounds) for name, bounds in SQUARES.items()}


def found_in(file: Path, *places: tuple[str, float, float], **columns: str) -> dict[str, Any]:
    """What macros get."""
    return zones.zones_of_antennas(
        places, str(file), columns.get("zone_id"), columns.get("zone_name")
    )


def zone_of(found: dict[str, Any]) -> dict[str, str | None]:
    """The zone of each antenna."""
    return {row["antenna_id"]: row["zone_id"] for row in found["rows"]}


PLACES = [("m1", 0.5, 0.5), ("m2", 1.5, 0.5), ("m3", 5.5, 5.5)]


# --- polygons -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["z.geojson", "z.gpkg", "z.shp"])
def test_an_antenna_belongs_to_the_polygon_that_holds_it(tmp_path: Path, name: str) -> None:
    file = polygons(tmp_path / name, **squares())
    border, outside = ("m4", 1.0, 0.5), ("m5", 3.0, 3.0)
    found = found_in(file, *PLACES, border, outside)
    # on a border it is the smallest id
    assert zone_of(found) == {"m1": "a", "m2": "b", "m3": "c", "m4": "a", "m5": None}
    assert ["Antennas in no zone (1 of 5)" in text for text in found["warnings"]] == [True]


def test_holes_islands_and_other_reference_systems(tmp_path: Path) -> None:
    ring = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    islands = shapely.union(shapely.box(1, 1, 2, 2), shapely.box(8, 8, 9, 9))
    file = polygons(tmp_path / "z.geojson", ring=ring, islands=islands)
    metres = gpd.read_file(file).to_crs(3857)
    metres.to_parquet(tmp_path / "z.parquet")
    places = [("m1", 0.5, 0.5), ("m2", 1.5, 1.5), ("m3", 8.5, 8.5)]
    for each in (file, tmp_path / "z.parquet"):
        assert zone_of(found_in(each, *places)) == {"m1": "ring", "m2": "islands", "m3": "islands"}


def test_polygons_that_overlap_or_cross_themselves_are_told(tmp_path: Path) -> None:
    file = polygons(
        tmp_path / "z.geojson",
        a=shapely.box(0, 0, 1, 1),
        b=shapely.box(0.4, 0, 2, 1),
        bow=shapely.Polygon([(5, 5), (6, 6), (6, 5), (5, 6)]),
        empty=shapely.box(20, 20, 21, 21),
    )
    found = found_in(file, ("m1", 0.5, 0.5), ("m2", 1.5, 0.5), ("m3", 5.9, 5.5))
    assert zone_of(found) == {"m1": "a", "m2": "b", "m3": "bow"}
    told = "\n".join(found["warnings"])
    assert "polygons overlap where antennas are (1)" in told
    assert "Invalid polygons" in told and "repaired (1): 'bow'" in told
    assert "Zones without an antenna have no row (1 of 4" in told and "'empty'" in told


def write_frame(path: Path, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Path:
    """The squares, changed."""
    frame = gpd.GeoDataFrame(
        {"zone_id": list(SQUARES)}, geometry=list(squares().values()), crs=4326
    )
    change(frame).to_parquet(path)
    return path


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda f: f.set_crs(None, allow_override=True), "does not say its coordinate reference"),
        (lambda f: f.iloc[:0], "has no polygons"),
        (lambda f: f.assign(zone_id=["a", "a", "b"]), "more than one polygon with the zone_id 'a'"),
        (lambda f: f.assign(zone_id=["a", None, "b"]), "1 polygons"),
        (lambda f: f.rename(columns={"zone_id": "code"}), "Set var zone_id to the one"),
        (lambda f: f.set_geometry(f.centroid), "no polygons but of the type Point"),
        (lambda f: f.set_geometry([None, *f.geometry[1:]], crs=4326), "have no geometry: 'a'"),
        (lambda f: f.to_crs(3857).set_crs(4326, allow_override=True), "says that its coordinates"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_unusable_polygons(tmp_path: Path, change: Any, sentence: str) -> None:
    file = write_frame(tmp_path / "z.parquet", change)
    problem = zones.zones_problem(str(file), None, None)
    assert problem and sentence in problem and str(file) in problem
    assert found_in(file, *PLACES)["problem"] == problem


def test_other_unusable_files(tmp_path: Path) -> None:
    (tmp_path / "z.geojson").write_text("{")
    assert "cannot be read" in str(zones.zones_problem(f"{tmp_path}/z.geojson", None, None))
    assert "There is no zones file" in str(zones.zones_problem(f"{tmp_path}/no.csv", None, None))
    assert "is not on this machine" in str(zones.zones_problem("hdfs://x/z.geojson", None, None))
    file = polygons(tmp_path / "x.geojson", **squares())
    assert "no column 'nix'" in str(zones.zones_problem(str(file), "nix", None))
    nowhere = found_in(file, ("m1", 40.0, 40.0))
    assert "None of the 1 antennas is in a zone" in nowhere["problem"]
    swapped = found_in(
        polygons(tmp_path / "y.geojson", a=shapely.box(50, 8, 52, 9)), ("m", 8.5, 51)
    )
    assert "if longitude and latitude changed places" in swapped["problem"]


def test_a_capital_that_is_no_zone(tmp_path: Path) -> None:
    """Ids that the file does not have are found first, and zones without an antenna later."""
    list_of_antennas = tmp_path / "z.csv"
    list_of_antennas.write_text("antenna_id,zone_id\nm1,a\nm2,b\n")
    for file in (polygons(tmp_path / "z.geojson", **squares()), list_of_antennas):
        assert zones.zones_problem(str(file), None, None, ["a"]) is None
        problem = zones.zones_problem(str(file), None, None, ["a", "A"])
        assert (
            problem
            and f"The var capital names 'A', but the zones of the zones file '{file}'" in problem
        )
        assert "are 'a', 'b'" in problem and "leave capital out" in problem
    file = tmp_path / "z.geojson"
    assert zones.zones_of_antennas(PLACES, str(file), None, None, ["c"])["problem"] is None
    empty = zones.zones_of_antennas(PLACES[:2], str(file), None, None, ["c"])["problem"]
    assert "The var capital names 'c', but the zones with an antenna are 'a', 'b'" in empty
    merged = zones.zones_of_antennas(PLACES, {"merge_within_km": 200}, None, None, ["m2"])[
        "problem"
    ]
    assert "The var capital names 'm2', but the zones with an antenna are 'm1', 'm3'" in merged


def test_ten_thousand_antennas_in_two_thousand_polygons(tmp_path: Path) -> None:
    """No loop over all pairs; the time itself is told in docs/regions.md."""
    grid = {f"{x}-{y}": shapely.box(x, y, x + 1, y + 1) for x in range(50) for y in range(40)}
    file = polygons(tmp_path / "z.gpkg", **grid)
    rng = np.random.default_rng(1)
    places = [(f"m{i}", *rng.uniform((0, 0), (50, 40)).tolist()) for i in range(10_000)]
    found = zone_of(found_in(file, *places))
    assert found == {name: f"{int(x)}-{int(y)}" for name, x, y in places}


# --- lists ----------------------------------------------------------------------------------------


def test_a_list_of_antennas(tmp_path: Path) -> None:
    file = tmp_path / "z.csv"
    file.write_text("\ufeffantenna_id;zone_id;zone_name\n 007 ;1;North\nm2;1;North\nm9;2;\nm4;;\n")
    found = found_in(file, ("007", 1, 1), ("m2", 1, 1), ("m3", 1, 1), ("m4", 1, 1))
    assert zone_of(found) == {"007": "1", "m2": "1", "m3": None, "m4": None}
    assert found["rows"][0]["zone_name"] == "North"
    told = "\n".join(found["warnings"])
    assert "not in the locations file (1 of 3): 'm9'" in told
    assert "Antennas in no zone (2 of 4)" in told


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("antenna_id,zone_id\n", "has no rows"),
        ("site,zone_id\nm1,1\n", "has no column antenna_id"),
        ("antenna_id,region\nm1,1\n", "Set var zone_id"),
        ("antenna_id,zone_id\nm1,1\nm1,2\n", "more than one zone for the antennas 'm1'"),
        ("antenna_id,zone_id,zone_name\nm1,1,x\nm2,1,y\n", "more than one name for the zones '1'"),
        ("antenna_id,zone_id\n,1\n", "rows without antenna_id"),
        ("antenna_id,zone_id\nm1,1,2,3\nm2\n,,,,,,\n", "line 2 has 4 values"),
        ("antenna_id,zone_id,zone_id\nm1,1,2\n", "has a column twice: 'zone_id'"),
        ('antenna_id,zone_id\nm1,1\n"m2,2\nm3,3\n', "cannot be read: line 3: unexpected end"),
    ],
)
def test_unusable_lists(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "z.csv"
    file.write_text(text)
    problem = zones.zones_problem(str(file), None, None)
    assert problem and sentence in problem and str(file) in problem
    file.write_bytes("antenna_id,zone_id\nm1,Köln\n".encode("latin-1"))
    assert "is not text in UTF-8" in str(zones.zones_problem(str(file), None, None))


# --- antennas that are close together ---------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(13, 13.3), st.floats(52, 52.2)), min_size=1, max_size=25),
    st.floats(0.1, 12),
)
def test_merged_antennas_are_close(places: list[tuple[float, float]], km: float) -> None:
    named = [(f"m{number:02}", *place) for number, place in enumerate(places)]
    zone = {a: z for a, (z, _) in zones.merged_antennas(named, km).zones.items()}
    assert zone == {a: z for a, (z, _) in zones.merged_antennas(named[::-1], km).zones.items()}
    at = {name: place for name, *place in named}
    members = pd.Series(zone).groupby(zone.get).groups
    for name, ids in members.items():
        assert name == min(ids)
        assert all(distance(at[one], at[other]) <= km + 1e-6 for one in ids for other in ids)
    # no two zones could still be one
    for one, ids in members.items():
        for other, others in members.items():
            if one < other:
                assert max(distance(at[i], at[j]) for i in ids for j in others) > km - 1e-6


def distance(one: list[float], other: list[float]) -> float:
    """Great-circle distance in km."""
    (x1, y1), (x2, y2) = np.radians(one), np.radians(other)
    part = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return float(2 * 6371 * np.arcsin(np.sqrt(part)))


# --- the population ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zone,people\na,1\n", "has no column population"),
        ("area,population\na,1\n", "has no column zone"),
        ("zone,population\na,1 000\n", "not a whole number of people: '1 000' for the zone 'a'"),
        ("zone,population\na,-1\n", "not a whole number of people: '-1'"),
        ("zone;population\na;3\nb;12.500\n", "'12.500' for the zone 'b'. Write it without"),
        ("zone;population\na;12.000\nb;9.000\n", "'12.000' for the zone 'a' (2 zones in all"),
        ("zone;population\na;12,5\n", "'12,5' for the zone 'a'"),
        ("zone,population\na,1.25E+04\n", "'1.25E+04' for the zone 'a'"),
        ("zone,population\na,9999999999999\n", "'9999999999999' for the zone 'a'"),
        (
            "zone,population\n\na,12,500\nb,9,800\n",
            "line 3 has 3 values, but there are 2 columns. Write numbers without separators",
        ),
        ("zone,population,\na,12,500\n", "line 2 has 3 values, but there are 2 columns"),
        ("zone,population\na,1\nb\n", "line 3 has 1 value, but there are 2 columns. Leave a value"),
        ("zone,population\na,1\na,2\n", "more than one row for the zones 'a'"),
        ("zone,population\n,1\n", "rows without a zone"),
        ("zone,population,weight\na,1,2\n", "has a column 'weight'"),
        ("zone,population,a b\na,1,2\n", "has a column 'a b'"),
        ("zone,population,x,X\na,1,2,3\n", "has a column twice"),
    ],
)
def test_unusable_populations(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "population.csv"
    file.write_text(text)
    problem = zones.population_problem(str(file))
    assert problem and sentence in problem and str(file) in problem


def test_further_columns_are_carried_along(tmp_path: Path) -> None:
    file = tmp_path / "population.csv"
    file.write_text("zone,population,area,code\n01,10,1.5,007\n02,,,x\n")
    assert zones.population(str(file)) == {
        "columns": {
            "zone_id": "string", "population": "double", "area": "double", "code": "string",
        },
        "rows": [
            {"zone_id": "01", "population": 10.0, "area": 1.5, "code": "007"},
            {"zone_id": "02", "population": None, "area": None, "code": "x"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "zone,population\na,12500,\nb,9800,\n",
        "zone,population,\na,12500,\nb,9800,\n",
        "zone,population\na,12500.0\nb,9800.00\n",
        '\ufeffzone;population\r\n\r\n a ;"12500"\r\nb;9800\r\n',
        "zone\tpopulation\na\t12500\nb\t9800",
    ],
)
def test_spellings_of_a_population(tmp_path: Path, text: str) -> None:
    """A comma at the end of each row among them, which is no third column."""
    file = tmp_path / "population.csv"
    file.write_text(text)
    assert zones.population(str(file)) == {
        "columns": {"zone_id": "string", "population": "double"},
        "rows": [
            {"zone_id": "a", "population": 12500.0},
            {"zone_id": "b", "population": 9800.0},
        ],
    }


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (("03401", "13401"), ("03401", "13401")),
        (("3401", "13401"), (3401.0, 13401.0)),
        (("0", "-0.25"), (0.0, -0.25)),
        (("1e+05", ".5"), (1e5, 0.5)),
        (("1E5", "2E5"), ("1E5", "2E5")),
        (("1234567890123456789", "1"), ("1234567890123456789", "1")),
        (("inf", "nan"), ("inf", "nan")),
        (("1 000", "7"), ("1 000", "7")),
        (("", "01"), (None, "01")),
    ],
)
def test_a_code_is_no_number(
    tmp_path: Path, values: tuple[str, str], kept: tuple[str | float | None, ...]
) -> None:
    """Further columns become numbers only if that changes none of them."""
    file = tmp_path / "population.csv"
    file.write_text("zone,population,x\na,1,{}\nb,2,{}\n".format(*values))
    found = zones.population(str(file))
    assert tuple(row["x"] for row in found["rows"]) == kept
    is_text = any(isinstance(value, str) for value in kept)
    assert found["columns"]["x"] == ("string" if is_text else "double")


def test_a_population_of_other_zones(tmp_path: Path) -> None:
    """Codes that nothing matches stop the run, others are told."""
    file, population = tmp_path / "z.csv", tmp_path / "population.csv"
    file.write_text("antenna_id,zone_id\nm1,03401\nm2,03402\nm3,03403\n")
    given = (str(population), str(file), None, None)

    population.write_text("zone,population\n3402,5\n3401,7\n")
    problem = zones.population_problem(*given)
    assert problem and f"No zone of the population file '{population}'" in problem
    assert f"zones of the zones file '{file}'" in problem
    assert "like '3401', those of the second like '03401'" in problem

    population.write_text("zone,population\n03402,5\n1,1\n2,1\n3,1\n4,1\n")
    assert zones.population_problem(*given) is None
    warning = zones.population_warning(*given)
    assert warning and "(4 of 5): '1', '2', '3' and 1 more" in warning
    assert str(population) in warning and str(file) in warning

    population.write_text("zone,population\n03402,5\n")
    assert zones.population_warning(*given) is None
    # a zone of the file, but without an antenna
    found = zones.zones_of_antennas([("m1", 1, 1)], str(file), None, None, (), str(population))
    assert "is among the zones with an antenna" in found["problem"]
    assert zones.population_problem(str(population)) is None


def test_a_population_of_near_antennas(tmp_path: Path) -> None:
    """Zones without a file are known only later."""
    population = tmp_path / "population.csv"
    merged = (PLACES, {"merge_within_km": 1}, None, None, (), str(population))
    population.write_text("zone,population\na,5\n")
    assert "like 'a', those of the second like 'm1'" in zones.zones_of_antennas(*merged)["problem"]
    population.write_text("zone,population\na,5\nm2,1\n")
    found = zones.zones_of_antennas(*merged)
    assert ["zones with an antenna (1 of 2): 'a'" in text for text in found["warnings"]] == [True]


# --- releases ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_coverage_precision_and_maps(make_project: Callable[..., Project], tmp_path: Path) -> None:
    """A small town by its districts, from end to end, against pandas and geopandas."""
    raw = tmp_path / "raw"
    mockup.generate(mockup.Options(users=300, antennas=15, machines=1, days=14), raw)
    project = make_project(
        "districts",
        raw_data_path=str(raw),
        zones="zones.geojson",
        zone_population="population.csv",
        privacy_k=5,
    )
    project.build(*WITHOUT_DATA_TESTS)
    features = project.table("final_features").set_index("zone_id")
    shapes = gpd.read_file(raw / "zones.geojson")
    antennas = project.table("final_zones")
    places = gpd.GeoDataFrame(
        antennas,
        geometry=gpd.points_from_xy(antennas["longitude"], antennas["latitude"]),
        crs=4326,
    )
    joined = places.drop(columns=["zone_id", "zone_name"]).sjoin(shapes, how="left")
    assert dict(zip(joined["antenna_id"], joined["zone_id"], strict=True)) == dict(
        zip(antennas["antenna_id"], antennas["zone_id"], strict=True)
    )

    homes = project.restricted("user_home_antenna").merge(antennas, on="antenna_id")
    residents = homes.groupby("zone_id").size()
    known = features["active_users"].dropna()
    assert (known == residents.reindex(known.index)).all() and (known > 5).all()

    coverage = project.table("final_coverage").set_index("zone_id").sort_index()
    people = pd.read_csv(raw / "population.csv").set_index("zone").sort_index()
    assert list(coverage.index) == list(people.index)
    assert (coverage["population"] == people["population"]).all()
    assert (coverage["area_km2"] == people["area_km2"]).all()
    weight = people["population"] / features["active_users"].reindex(people.index)
    np.testing.assert_allclose(coverage["weight"].astype(float), weight.astype(float))
    assert coverage["share_of_antennas"].sum() == pytest.approx(1)
    hours = project.table("final_hourly_profile").groupby("zone_id")
    events = hours[["og_calls", "og_sms", "ic_calls", "ic_sms"]].sum().sum(axis="columns")
    shown = coverage["events_per_resident"].dropna()
    np.testing.assert_allclose(
        shown.astype(float), (events / features["active_users"]).reindex(shown.index).astype(float)
    )

    check_precision(project, homes)
    output = project.export()
    areas = gpd.read_file(output / "zones.geojson").set_index("zone_id")
    for zone, shape in shapes.set_index("zone_id").geometry.items():
        if zone in areas.index:
            # GeoJSON has its rings in the other direction
            assert areas.geometry[zone].normalize().equals_exact(shape.normalize(), 1e-6)
    assert not list(output.glob("antennas.*"))
    package = json.loads((output / "datapackage.json").read_text())
    names = {resource["path"] for resource in package["resources"]}
    assert {"zones.geojson", "final_coverage.csv", "final_precision.csv"} <= names
    check_other_populations(project, features["active_users"].dropna(), tmp_path)


def check_other_populations(project: Project, users: pd.Series, folder: Path) -> None:
    """Zones that are not there and more users than people are told; nothing in common stops the run."""
    first, *others = users.index
    other = folder / "other.csv"
    other.write_text(f"zone,population,ags\n{first},1,03401\n{others[0]},99999,13401\nX,2,\n")
    outcome = project.dbt("run", "--select", "final_coverage", zone_population=str(other))
    assert outcome.success, outcome.output[-3000:]
    assert f"by the population file {other} (1): '{first}'." in outcome.output
    assert f"of the population file '{other}' are not among the zones of" in outcome.output
    assert "(1 of 3): 'X'." in outcome.output
    codes = project.restricted("final_coverage").set_index("zone_id")["ags"]
    assert codes[[first, others[0]]].tolist() == ["03401", "13401"] and codes["X"] is None

    other.write_text("zone,population\nX,2\n")
    outcome = project.dbt("run", zone_population=str(other))
    assert not outcome.success and not outcome.result.result
    assert f"No zone of the population file '{other}' is among the zones of" in outcome.output


def check_precision(project: Project, homes: pd.DataFrame) -> None:
    """Standard errors and rounded numbers of people, from the users' indicators."""
    from python_udfs.bandicoot_columns import INDICATOR_NAMES, RECORDS

    users = project.restricted("user_bandicoot").merge(homes[["user_id", "zone_id"]], on="user_id")
    values = pd.DataFrame(
        np.column_stack(
            [users["number_of_records"], [json.loads(row) for row in users["indicators"]]]
        ).astype(float),
        columns=[RECORDS, *INDICATOR_NAMES],
    ).groupby(users["zone_id"])
    precision = project.table("final_precision")
    features = project.table("final_features").set_index("zone_id")
    means = features[[RECORDS, *INDICATOR_NAMES]].stack()
    assert set(zip(precision["zone_id"], precision["feature"], strict=True)) == set(means.index)
    errors, sizes = values.sem().stack(), values.count().stack()
    withheld = 0
    for row in precision.itertuples():
        at = (row.zone_id, row.feature)
        assert row.users == sizes[at] // 5 * 5
        own = values.get_group(row.zone_id)[row.feature].dropna()
        squares = (own - own.mean()) ** 2
        alike = own.max() - own.min() <= 1e-12 * own.abs().max()
        if squares.max() <= 0.5 * squares.sum() * (1 + 1e-9) and not alike:
            assert row.standard_error == pytest.approx(float(f"{errors[at]:.2e}"), rel=6e-3)
        else:
            assert pd.isna(row.standard_error), at
            withheld += 1
    assert 0 < withheld < len(precision)


@pytest.mark.slow
def test_near_antennas_by_week(make_project: Callable[..., Project], tmp_path: Path) -> None:
    """merge_within_km with periods: an independent count of residents, and a model of areas."""
    raw = tmp_path / "raw"
    mockup.generate(mockup.Options(users=300, antennas=15, machines=1, days=14), raw)
    project = make_project(
        "merged",
        raw_data_path=str(raw),
        zones={"merge_within_km": 4},
        period="week",
        bandicoot=False,
        privacy_k=3,
    )
    project.build(*WITHOUT_DATA_TESTS)
    antennas = project.table("final_zones")
    assert 1 < antennas["zone_id"].nunique() < len(antennas)
    homes = project.restricted("user_home_antenna")
    homes[["period", "antenna_id"]] = homes["antenna_id"].str.split(" ", n=1, expand=True)
    residents = homes.merge(antennas, on="antenna_id").groupby(["period", "zone_id"]).size()
    features = project.table("final_features").set_index(["period", "zone_id"])
    known = features["active_users"].dropna()
    assert len(known) and (known == residents.reindex(known.index)).all()
    areas = gpd.read_file(project.export() / "zones.geojson").set_index("zone_id").geometry
    places = gpd.points_from_xy(antennas["longitude"], antennas["latitude"])
    for zone, place in zip(antennas["zone_id"], places, strict=True):
        shape = areas[zone] if isinstance(areas[zone], shapely.Geometry) else areas[zone].iloc[0]
        assert shape.covers(place)
