"""The report: made of released files alone, drawn in a real browser, asking for nothing."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from axe_playwright_python.sync_playwright import Axe
from browser import WatchedPage
from conftest import PERIODS, PROJECT_ROOT, RELEASED, Project, Release

from scripts import report
from scripts.errors import CommandError
from scripts.report.words import in_words

OpenPage = Callable[..., WatchedPage]
PLOTS = [
    "map-plot", "histogram", "correlations", "scatter", "network-plot", "flows", "hourly", "weekly",
    "quality-plot", "gate",
]  # fmt: skip


@pytest.fixture(scope="module")
def page_file(mockup_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, written by the command beside copies of the released files and nothing else."""
    folder = tmp_path_factory.mktemp("released")
    for name in RELEASED:
        shutil.copy(mockup_output / f"{name}.parquet", folder)
    shutil.copy(mockup_output / "data_dictionary.csv", folder)
    subprocess.run(
        [sys.executable, "-W", "error", "-m", "scripts.report", "--output", folder],
        cwd=PROJECT_ROOT,
        check=True,
    )
    return folder / "report.html"


@pytest.fixture(scope="module")
def tables(mockup_output: Path) -> dict[str, pd.DataFrame]:
    """The released tables."""
    return report.read_release(mockup_output)


def data_of(page_file: Path) -> dict:
    """The numbers that the page holds."""
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>',
        page_file.read_text(),
        re.DOTALL,
    )
    assert found
    return json.loads(found[1])["all"]


# --- what the page holds --------------------------------------------------------------------------


def test_no_file_no_report(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="make run"):
        report.read_release(tmp_path)


def test_page_holds_nothing_about_a_user(mockup_project: Project, page_file: Path) -> None:
    """No pseudonym, no raw id, no key: neither in the numbers nor anywhere else in the page."""
    page = page_file.read_text()
    pseudonyms = set()
    for table in ("user_home_antenna", "machines", "user_metrics"):
        pseudonyms |= set(mockup_project.restricted(table)["user_id"].astype(str))
    correspondents = mockup_project.query(
        "select distinct correspondent_id from {restricted}.events"
    )
    pseudonyms |= set(correspondents["correspondent_id"].astype(str))
    assert len(pseudonyms) > 1000
    assert not set(re.findall(r"-?\d{9,}", page)) & pseudonyms
    raw_ids = mockup_project.query("select distinct caller_id from {restricted}.cdr")["caller_id"]
    assert not set(re.findall(r"\d{6,}", json.dumps(data_of(page_file)))) & set(raw_ids)
    assert Path(mockup_project.vars["pseudonym_key_file"]).read_text().strip() not in page


def test_page_holds_the_released_values(tables: dict[str, pd.DataFrame], page_file: Path) -> None:
    data = data_of(page_file)
    released = tables["final_features"]
    for feature in data["features"]:
        values = pd.Series(feature["values"], dtype=float)
        expected = released[feature["name"]].astype(float)
        pd.testing.assert_series_equal(values, expected, check_names=False, rtol=1e-4)
        is_released = pd.Series(feature["status"]) == "released"
        assert (is_released == expected.notna()).all()
    hourly = tables["final_hourly_profile"]
    shown = data["hourly"]["measures"]["og_calls"]
    assert sum(value is not None for row in shown for value in row) == hourly["og_calls"].count()
    gate = pd.DataFrame(data["gate"]).set_index("group")
    assert gate.loc["Hourly profiles", "rest"] > 0
    assert gate.drop(columns="rest").sum().sum() > 0


def test_page_names_no_other_server(page_file: Path) -> None:
    """The browser is told to ask nobody, and the page's own part has no address."""
    page = page_file.read_text()
    assert "default-src 'none'" in page
    own = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", own)


def test_page_says_that_the_gate_is_off(tables: dict[str, pd.DataFrame], page_file: Path) -> None:
    features = tables["final_features"].assign(
        withheld_features="PRIVACY GATE OFF, NOT FOR RELEASE"
    )
    assert 'role="alert"' in report.render({**tables, "final_features": features})
    assert 'role="alert"' not in page_file.read_text()


@pytest.mark.parametrize(
    "places",
    [
        [(13.4, 52.5)],
        [(13.4, 52.5), (13.4, 52.5)],
        [(13.4, 52.5), (13.5, 52.5)],
        [(13.4, 52.5), (13.5, 52.5), (13.6, 52.5)],
        [(13.4, 52.5), (13.5, 52.6), (13.6, 52.5), (13.5, 52.6)],
    ],
)
def test_cells_hold_their_antennas(places: list[tuple[float, float]]) -> None:
    """Also for antennas in one place or in a row."""
    longitude, latitude = (pd.Series(degrees) for degrees in zip(*places, strict=True))
    cells = report.cells(longitude, latitude)
    assert len(cells) == len(places)
    for cell, place in zip(cells, places, strict=True):
        assert cell.geom_type == "Polygon" and cell.area > 0
        assert cell.distance(shapely.Point(place)) < 1e-4
        assert not cell.exterior.is_ccw


# --- what a reader sees ---------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 400])
def test_page_is_drawn_offline(open_page: OpenPage, page_file: Path, width: int) -> None:
    page = open_page(page_file.as_uri(), width=width)
    page.wait_for_selector("html[data-ready=yes]")
    page.wait_for_timeout(500)
    for plot in PLOTS:
        assert page.locator(f"#{plot} svg.main-svg").count() > 0, plot
    assert page.errors == []
    assert page.external_requests == []
    assert page.requests == [page_file.as_uri()] or all(
        url.startswith(("file:", "data:", "blob:")) for url in page.requests
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert "2024-04-29 to 2024-05-26" in page.title()


def test_page_follows_the_width_of_the_window(open_page: OpenPage, page_file: Path) -> None:
    """As when a phone is turned."""
    size = "(({xaxis, yaxis}) => [xaxis._length, yaxis._length])(document.getElementById('flows')._fullLayout)"
    page = open_page(page_file.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    before = page.evaluate(size)
    for width in (400, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(f"window.innerWidth === {width}")
        page.wait_for_timeout(500)
        for plot in ("flows", "map-plot", "correlations"):
            assert page.locator(f"#{plot} g.colorbar").count() == 1
    assert page.evaluate(size) == pytest.approx(before, abs=2)
    assert page.errors == []


def test_map_shows_the_chosen_feature(
    open_page: OpenPage, page_file: Path, tables: dict[str, pd.DataFrame]
) -> None:
    page = open_page(page_file.as_uri())
    page.locator("#feature").select_option("og_calls_peak_ratio")
    released = tables["final_features"]["og_calls_peak_ratio"]
    cells, grey = page.evaluate(
        "document.getElementById('map-plot').data.slice(0, 2).map((trace) => [...trace.locations])"
    )
    shown = page.evaluate("[...document.getElementById('map-plot').data[0].z]")
    assert cells == [place for place, value in enumerate(released) if pd.notna(value)]
    assert shown == pytest.approx(list(released.dropna()), rel=1e-4)
    assert len(cells) + len(grey) == len(released) and grey
    assert "early peak" in page.locator("#about").inner_text()
    assert f"{len(cells)} of {len(released)} antennas" in page.locator("#summary").inner_text()
    # a tooltip on a withheld antenna
    first = page.locator("#map-plot .choroplethlayer > g").nth(1).locator("path").first
    first.hover(force=True)
    tooltip = page.locator("#map-plot .hoverlayer").text_content
    page.wait_for_function("document.querySelector('#map-plot .hoverlayer text') !== null")
    assert "Antenna" in tooltip() and "withheld: too few people" in tooltip()
    assert page.errors == []


def test_map_zooms(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file.as_uri())
    scale = "document.getElementById('map-plot')._fullLayout.geo.projection.scale"
    before = page.evaluate(scale)
    page.locator("#map-plot .modebar-btn[data-title='Zoom in']").click()
    page.wait_for_timeout(600)
    assert page.evaluate(scale) > before
    page.locator("#feature").select_option("calls_isolation")
    assert page.evaluate(scale) > before, "another feature keeps the view"


def test_choices_change_the_figures(
    open_page: OpenPage, page_file: Path, tables: dict[str, pd.DataFrame]
) -> None:
    page = open_page(page_file.as_uri())
    page.locator("#measure").select_option("ic_sms")
    page.locator("#antenna").select_option(index=1)
    values = page.evaluate("[...document.getElementById('hourly').data[3].y]")
    assert values == data_of(page_file)["hourly"]["measures"]["ic_sms"][0]

    page.locator("#across").select_option("active_users")
    page.locator("#upwards").select_option("calls_entropy")
    assert "Rank correlation" in page.locator("#strength").inner_text()

    strongest = page.locator("#strongest tbody tr")
    before = strongest.first.inner_text()
    largest = page.locator("#unexplained tbody tr").first.locator("td").nth(1).inner_text()
    assert float(largest) == pytest.approx(
        tables["final_flows"]["gravity_residual"].max(), abs=0.01
    )
    residuals = page.evaluate("[...document.getElementById('flows').data[0].marker.color]")
    flows = tables["final_flows"].dropna(subset="gravity_residual")
    # The mock-up has both sides of a call: its pairs are alike both ways round.
    expected = flows.loc[flows["antenna_id1"] < flows["antenna_id2"], "gravity_residual"]
    assert sorted(residuals) == pytest.approx(sorted(expected), rel=1e-4)

    page.locator("#tie").select_option("vol_sum")
    assert strongest.first.inner_text() != before
    assert page.errors == []


def test_residents_come_first(
    open_page: OpenPage, page_file: Path, tables: dict[str, pd.DataFrame]
) -> None:
    page = open_page(page_file.as_uri())
    for choice in ("#feature", "#across"):
        assert page.locator(f"{choice} option").first.get_attribute("value") == "active_users"
    assert page.locator("#feature").input_value() == "active_users"
    page.locator("#feature").select_option("calls_entropy")
    texts = page.evaluate("document.getElementById('map-plot').data[0].text")
    shown = tables["final_features"].dropna(subset="calls_entropy")
    for text, users in zip(texts, shown["active_users"], strict=True):
        assert text.endswith(f"{int(users):,} residents")


def test_values_of_the_map_can_be_read_as_a_table(
    open_page: OpenPage, page_file: Path, tables: dict[str, pd.DataFrame]
) -> None:
    page = open_page(page_file.as_uri())
    page.locator("#feature").select_option("og_calls_peak_ratio")
    page.get_by_text("The values of the map as a table").click()
    rows = page.locator("#value-table tbody tr")
    largest = tables["final_features"].nlargest(1, "og_calls_peak_ratio").iloc[0]
    first = rows.first.locator("td").all_inner_texts()
    assert first[0] == largest["antenna_id"]
    assert float(first[1]) == pytest.approx(largest["og_calls_peak_ratio"])
    assert first[2] == f"{largest['active_users']:.0f} users"
    assert rows.count() == len(tables["final_features"])
    assert "withheld: too few people" in rows.last.inner_text()
    page.locator("#feature").select_option("active_users")
    head = page.locator("#value-table th").all_inner_texts()
    assert head == ["Antenna", "Residents"]


def test_an_extreme_value_leaves_colours_to_the_others(
    open_page: OpenPage, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    features = tables["final_features"].copy()
    numbers = pd.Series(range(100), dtype=float).iloc[: len(features)]
    features["calls_ratio"] = numbers.where(numbers > 0, 1e6)
    features["sms_ratio"] = 3.0
    page = open_page(written({**tables, "final_features": features}, tmp_path).as_uri())
    page.locator("#feature").select_option("calls_ratio")
    low, high = features["calls_ratio"].quantile([0.02, 0.98])
    (shown,) = traces(page, "map-plot", "zmin", "zmax", "z")[:1]
    assert (shown["zmin"], shown["zmax"]) == (pytest.approx(low), pytest.approx(high))
    assert high < 1e6 == max(shown["z"])
    assert "2nd to the 98th percentile. Values beyond" in page.locator("#range").inner_text()
    page.locator("#feature").select_option("sms_ratio")
    assert page.locator("#range").inner_text() == "All values are 3."
    assert page.errors == []


# --- surroundings of the map ----------------------------------------------------------------------

AROUND_BERLIN = shapely.box(12.9, 52.2, 13.8, 52.8)


def boundary_file(folder: Path, *shapes: shapely.Geometry) -> Path:
    """A GeoJSON file of shapes."""
    file = folder / "boundary.geojson"
    gpd.GeoSeries(shapes, crs="EPSG:4326").to_file(file)
    return file


def test_a_boundary_is_drawn(open_page: OpenPage, page_file: Path, tmp_path: Path) -> None:
    released = shutil.copytree(page_file.parent, tmp_path / "output")
    island = shapely.box(13.1, 52.3, 13.2, 52.35)
    file = boundary_file(
        tmp_path, shapely.union(AROUND_BERLIN, shapely.box(40, 50, 41, 51)), island
    )
    command: list[str | Path] = [sys.executable, "-m", "scripts.report"]
    command += ["--output", released, "--boundary", file]
    subprocess.run(command, cwd=PROJECT_ROOT, check=True)
    page = open_page((released / "report.html").as_uri())
    for plot in ("map-plot", "network-plot"):
        lines = [
            line
            for line in traces(page, plot, "type", "mode", "lon", "lat")
            if line.get("mode") == "lines" and 13.8 in line["lon"]
        ]
        assert lines and all({52.2, 52.8, 52.35} <= set(line["lat"]) for line in lines)
        assert all(line["lon"].count(None) == 3 for line in lines), "a gap after each ring"
    west, south, east, north = page.evaluate("data.bounds")
    assert (west, south, north) == (12.9, 52.2, 52.8) and 13.8 <= east < 14.5, "not as far as 41"
    assert page.locator("[data-shown=boundary]").is_visible()
    assert not open_page(page_file.as_uri()).locator("[data-shown=boundary]").is_visible()


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([shapely.Point(13.4, 52.5)], "has no polygons"),
        # latitude before longitude
        ([shapely.box(52.2, 13.0, 52.8, 13.8)], "somewhere else than the antennas"),
    ],
)
def test_a_boundary_of_no_use_is_refused(
    tables: dict[str, pd.DataFrame],
    tmp_path: Path,
    shapes: list[shapely.Geometry],
    message: str,
) -> None:
    with pytest.raises(CommandError, match=message):
        report.render(tables, report.read_boundary(boundary_file(tmp_path, *shapes)))
    with pytest.raises(CommandError, match=r"boundary file '.*missing.geojson' cannot be read"):
        report.read_boundary(tmp_path / "missing.geojson")


def with_parameters(tables: dict[str, pd.DataFrame], **values: Any) -> dict[str, pd.DataFrame]:
    """The release as if its run had had other vars."""
    run = tables["release_run"].copy()
    run["parameters"] = json.dumps(json.loads(run["parameters"][0]) | values)
    return {**tables, "release_run": run}


def test_the_capital_is_marked(
    open_page: OpenPage, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    features = tables["final_features"]
    own = list(features["antenna_id"].iloc[[2, 5]])
    page = open_page(written(with_parameters(tables, capital=own), tmp_path).as_uri())
    drawn = traces(page, "map-plot", "mode", "lon", "lat", "text")
    assert any(trace.get("lon") == [13.41053] and trace["lat"] == [52.52437] for trace in drawn)
    areas = report.cells(features["longitude"], features["latitude"])
    outline = shapely.union_all([areas[2], areas[5]])
    (*_, line) = (trace for trace in drawn if trace.get("mode") == "lines")
    points = [
        shapely.Point(place)
        for place in zip(line["lon"], line["lat"], strict=True)
        if None not in place
    ]
    assert len(points) > 6 and all(outline.boundary.distance(point) < 1e-4 for point in points)
    for words in ("capital", "capital_areas"):
        assert page.locator(f"[data-shown={words}]").is_visible()

    elsewhere = with_parameters(tables, cap_coords=[15.5, 32.56])
    page = open_page(written(elsewhere, tmp_path).as_uri())
    assert [15.5] not in [trace.get("lat") for trace in traces(page, "map-plot", "lat")]
    for words in ("capital", "capital_areas"):
        assert not page.locator(f"[data-shown={words}]").is_visible()


# --- the run in words -----------------------------------------------------------------------------


def test_every_parameter_is_told_in_words(
    tables: dict[str, pd.DataFrame], open_page: OpenPage, page_file: Path
) -> None:
    recorded = json.loads(tables["release_run"]["parameters"][0])
    page = open_page(page_file.as_uri())
    rows = page.locator("#run table").first.locator("tr:has(td)")
    told = {
        row.locator("code").inner_text(): row.locator("td").all_inner_texts() for row in rows.all()
    }
    assert told.keys() == recorded.keys()
    for name, (what, value) in told.items():
        assert len(what.split()) > 2 and what[0].isupper(), name
        assert value and not re.search(r"[\[\]{}\"]|null|None|True|False", value), name


@pytest.mark.parametrize(
    ("name", "value", "what", "words"),
    [
        ("weekend_days", [5, 6], "Days of the weekend", "Friday, Saturday"),
        ("week_starts_on", 7, "first day of a week", "Sunday"),
        ("holidays", [], "Dates of holidays", "none"),
        ("holidays", ["2024-05-01"], "Dates of holidays", "2024-05-01"),
        ("holidays", None, "Dates of holidays", "the dates in seeds/holidays.csv"),
        ("noct_begin", 7, "First hour of the night", "07:00 to 07:59"),
        ("cap_coords", [-33.5, -70.25], "of the capital", "33.5° south, 70.25° west"),
        ("home_rule", "night_events", "Which antenna is a user's home", "night events"),
        ("home_min_nights", 1, "at least this many nights", "1 night"),
        ("privacy_k", 15, "rests on more users than this", "15 users"),
        ("privacy_max_share", 0.5, "larger share", "50 %"),
        ("period_begin", None, "First day", "no limit"),
        ("zones", None, "Areas to release features of", "antennas"),
        ("zones", "ab12", "Areas to release features of", "with the fingerprint ab12"),
        ("timestamp_format", "yyyy_MM", "Format of the events' times", "yyyy_MM"),
        ("bandicoot", False, "Leave out bandicoot's", "yes"),
    ],
)
def test_a_parameter_in_words(name: str, value: Any, what: str, words: str) -> None:
    ((told,),) = in_words({name: value}).values()
    assert told[0] == name and what in told[1] and told[2] == words


# --- accessible, on any screen --------------------------------------------------------------------


def grave(page: WatchedPage) -> str:
    """What axe finds serious or critical."""
    found = Axe().run(page.page).response["violations"]
    return "\n".join(
        f"{fault['help']}: {node['target']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    )


@pytest.mark.parametrize("width", [1280, 800, 400])
def test_page_is_accessible(
    open_page: OpenPage, release_page: Path, release: Release, width: int
) -> None:
    page = open_page(release_page.as_uri(), width=width)
    page.wait_for_selector("html[data-ready=yes]")
    page.get_by_text("The values of the map as a table").click()
    assert grave(page) == ""
    for plot in PLOTS:
        assert len(page.locator(f"#{plot}").get_attribute("aria-label")) > 15
    label = page.locator("#map-plot").get_attribute("aria-label")
    assert "Residents" in label and "Median" in label
    # axe looks, too
    page.evaluate("document.querySelector('#strongest').parentElement.removeAttribute('tabindex')")
    page.evaluate("document.querySelector('#feature').parentElement.replaceWith(feature)")
    assert "Select element must have an accessible name" in grave(page)


def test_keyboard_reaches_everything(open_page: OpenPage, page_file: Path) -> None:
    page = open_page(page_file.as_uri(), width=400)
    page.wait_for_selector("html[data-ready=yes]")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(({id, tagName, ariaLabel, hash}) => id || ariaLabel || hash || tagName)"
                "(document.activeElement)"
            )
        )
    choices = {"feature", "across", "upwards", "tie", "measure", "antenna", "SUMMARY"}
    assert choices | {"#map", "#run", "Parameters", "Strongest ties"} <= reached
    heatmap = page.locator("[aria-label^=Correlations]")
    heatmap.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1000)
    assert heatmap.evaluate("element => element.scrollLeft") > 0


def test_narrow_screen_has_all_links_and_a_heatmap_that_can_be_hit(
    open_page: OpenPage, page_file: Path
) -> None:
    page = open_page(page_file.as_uri(), width=400)
    page.wait_for_selector("html[data-ready=yes]")
    for link in page.locator("nav a").all():
        box = link.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 400 and box["height"] >= 24
    heatmap = page.evaluate(
        """(() => {
            const {xaxis, yaxis} = document.getElementById("correlations")._fullLayout;
            return {x: xaxis._length, y: yaxis._length, count: xaxis._categories.length,
                    size: Math.min(xaxis.tickfont.size, yaxis.tickfont.size)};
        })()"""
    )
    assert min(heatmap["x"], heatmap["y"]) / heatmap["count"] >= 12 and heatmap["size"] >= 11
    labels = page.locator("#correlations .xtick text")
    assert labels.count() == heatmap["count"]
    # hit a field: its features are chosen
    box = page.locator("#correlations .plotbg, #correlations .nsewdrag").first.bounding_box()
    side = box["width"] / heatmap["count"], box["height"] / heatmap["count"]
    page.locator("#correlations .nsewdrag").first.click(
        position={"x": 3.5 * side[0], "y": 0.5 * side[1]}
    )
    names = data_of(page_file)["correlations"]["names"]
    assert page.locator("#across").input_value() == names[3]
    assert page.locator("#upwards").input_value() == names[0]


# --- releases by all, week and month --------------------------------------------------------------


@pytest.fixture(scope="module", params=PERIODS)
def release(request: pytest.FixtureRequest, release_by: Callable[[str], Release]) -> Release:
    """A release whose files the page is compared with."""
    return release_by(request.param)


@pytest.fixture(scope="module")
def release_page(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    return written(report.read_release(release.output), tmp_path_factory.mktemp("page"))


def written(tables: dict[str, pd.DataFrame], folder: Path) -> Path:
    """The page of some tables."""
    page = folder / "report.html"
    page.write_text(report.render(tables))
    return page


def traces(page: WatchedPage, plot: str, *names: str) -> list[dict]:
    """Some attributes of the traces of a figure."""
    picked = ", ".join(f"{name}: trace.{name}" for name in names)
    return page.evaluate(
        f"JSON.parse(JSON.stringify(document.getElementById('{plot}').data"
        f".map((trace) => ({{{picked}}}))))"
    )


def numbers(values: pd.Series) -> list[Any]:
    """Values as the page has them."""
    return [None if pd.isna(value) else pytest.approx(float(value), rel=1e-4) for value in values]


def test_numbers_are_of_distinct_antennas_and_pairs(
    open_page: OpenPage, release: Release, release_page: Path
) -> None:
    features, pairs = release.file("final_features"), release.file("final_interactions")
    ids = pairs[["antenna_id1", "antenna_id2"]]
    linked = {frozenset(pair) for pair in ids.itertuples(index=False) if len(set(pair)) == 2}
    periods = features["period"].nunique()
    known = features.loc[features["active_users"].notna(), "antenna_id"].nunique()
    page = open_page(release_page.as_uri())
    antennas, ties = (page.locator(".figures div").nth(place).inner_text() for place in (0, 1))
    assert antennas.split()[0] == str(features["antenna_id"].nunique())
    assert f"{known} with released values" in antennas
    assert ties.split()[0] == str(len(ids.drop_duplicates()))
    assert f"{len(linked)} pairs of different antennas" in ties
    withheld = page.locator("#privacy h3").inner_text()
    assert f"(of {features['antenna_id'].nunique()}" in withheld
    for text in (antennas, ties, withheld):
        assert (f"in {periods} periods" in text) == (release.period != "all")


def test_figures_follow_the_period(
    open_page: OpenPage, release: Release, release_page: Path
) -> None:
    features, pairs = release.file("final_features"), release.file("final_interactions")
    hourly, weekly = release.file("final_hourly_profile"), release.file("final_weekly_profile")
    flows = release.file("final_flows")
    page = open_page(release_page.as_uri())
    for period in sorted(features["period"].unique(), reverse=True):  # it opens with the last one
        if release.period != "all" and page.locator("#period").input_value() != period:
            page.locator("#period").select_option(period)
            page.wait_for_url(f"**period={period}*")
        page.wait_for_selector("html[data-ready=yes]")
        rows = features[features["period"] == period].sort_values("antenna_id")

        page.locator("#feature").select_option("active_users")
        users = rows["active_users"].dropna()
        map_ = traces(page, "map-plot", "z", "zmin", "zmax")[0]
        assert map_["z"] == numbers(users)
        # the colours of all periods
        of_all = features["active_users"].dropna().astype(float).quantile([0.02, 0.98])
        assert [map_["zmin"], map_["zmax"]] == numbers(of_all)
        assert traces(page, "histogram", "x")[0]["x"] == numbers(users)

        both = rows[["dist2c", "calls_dist_mean"]].dropna().astype(float)
        scatter = traces(page, "scatter", "x", "y")[0]
        assert [scatter["x"], scatter["y"]] == [numbers(both[name]) for name in both]
        heat = page.evaluate(
            "(({x, z}) => z[x.indexOf('dist2c')][x.indexOf('calls_dist_mean')])"
            "(document.getElementById('correlations').data[0])"
        )
        assert heat == pytest.approx(both.corr(method="spearman").iloc[0, 1], abs=1e-3)

        ties = pairs[(pairs["period"] == period) & (pairs["antenna_id1"] < pairs["antenna_id2"])]
        strongest = ties.sort_values("call_count", ascending=False).iloc[0]
        first = page.locator("#strongest tbody tr").first.locator("td").all_inner_texts()
        assert first[0] == f"{strongest['antenna_id1']} and {strongest['antenna_id2']}"
        assert float(first[1].replace(",", "")) == strongest["call_count"]
        drawn = ties.merge(flows, on=["period", "antenna_id1", "antenna_id2"]).dropna(
            subset="gravity_residual"
        )
        found = traces(page, "flows", "x", "y")[0]
        assert sorted(zip(found["x"], found["y"], strict=True)) == [
            (pytest.approx(km, rel=1e-4), calls)
            for km, calls in sorted(zip(drawn["distance_km"], drawn["call_count"], strict=True))
        ]

        for plot, table, time in (("hourly", hourly, "hour"), ("weekly", weekly, "week")):
            values = table[table["period"] == period].pivot(
                index=time, columns="antenna_id", values="og_calls"
            )
            shown = values.dropna(axis="columns", how="all")
            is_known = shown.notna().mean(axis=1) >= 0.5
            median = traces(page, plot, "x", "y")[2]
            assert median["x"] == [str(value) for value in values.index]
            assert median["y"] == numbers(shown.median(axis=1).where(is_known))

        assert_days_are_shaded(page, release, period)
    assert page.errors == []


def assert_days_are_shaded(page: WatchedPage, release: Release, period: str) -> None:
    """Among the days of the delivery, those of the period; none if it is the whole time."""
    shaded = page.evaluate("document.getElementById('quality-plot').layout.shapes")
    assert bool(shaded) == (release.period != "all")
    if shaded:
        begin, end = (pd.Timestamp(shaded[0][edge]) for edge in ("x0", "x1"))
        days = pd.period_range(begin, end, freq="D")[1:]
        assert str(days[0]).startswith(period)
        assert len(days) == (7 if release.period == "week" else days[0].days_in_month)


# --- what a figure must not say -------------------------------------------------------------------


def test_rhythm_has_a_gap_where_values_are_withheld(
    open_page: OpenPage, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """At noon nobody's calls are known, at 15 those of a few antennas, at 18 those of most."""
    hourly = tables["final_hourly_profile"].copy()
    weekly = tables["final_weekly_profile"]
    antennas = sorted(hourly["antenna_id"].unique())
    hourly["og_calls"] = 10.0 + hourly["hour"]
    few, most = antennas[: len(antennas) // 3], antennas[: 2 * len(antennas) // 3]
    for hour, known in {12: [], 14: few, 16: few, 18: most}.items():
        hourly.loc[(hourly["hour"] == hour) & ~hourly["antenna_id"].isin(known), "og_calls"] = None
    second = sorted(weekly["week"].unique())[1]
    page = open_page(
        written(
            {
                **tables,
                "final_hourly_profile": hourly,
                "final_weekly_profile": weekly[weekly["week"] != second],
            },
            tmp_path,
        ).as_uri()
    )
    page.locator("#antenna").select_option(index=len(antennas))
    outlines, strokes, median, antenna = traces(page, "hourly", "x", "y", "connectgaps")
    gaps = [12, 14, 16]
    assert [hour for hour, value in enumerate(median["y"]) if value is None] == gaps
    assert [hour for hour, value in enumerate(antenna["y"]) if value is None] == [*gaps, 18]
    assert median["connectgaps"] is antenna["connectgaps"] is False
    assert hours_of(outlines) == [list(range(12)), list(range(17, 24))]
    assert hours_of(strokes) == [[13], [15]]
    # A week of which nobody has a row is a gap too.
    outlines, strokes, median, _ = traces(page, "weekly", "x", "y", "connectgaps")
    assert len(median["x"]) == 4 and median["x"][1] == str(second) and median["y"][1] is None
    assert str(second) not in outlines["x"] + strokes["x"]
    axis = page.evaluate("document.getElementById('weekly')._fullLayout.xaxis._categories")
    assert axis == sorted(axis)


def test_a_release_of_nobody_has_a_page(
    open_page: OpenPage, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    about_people = ["interactions", "flows", "hourly_profile", "weekly_profile"]
    empty = {f"final_{name}": tables[f"final_{name}"].iloc[:0] for name in about_people}
    page = open_page(written({**tables, **empty}, tmp_path).as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    assert page.errors == []
    assert "0\n" in page.locator(".figures div").nth(1).inner_text()


def hours_of(trace: dict) -> list[list[int]]:
    """The hours of each line of a trace: a line ends where there is no point."""
    lines: list[set[int]] = [set()]
    for hour, value in zip(trace["x"], trace["y"], strict=True):
        if hour is None or value is None:
            lines.append(set())
        else:
            lines[-1].add(int(hour))
    return [sorted(line) for line in lines if line]


@pytest.mark.parametrize(
    ("width", "longest", "labels"),
    [
        (1280, 60, {"1", "2", "5", "10", "20", "50"}),
        (400, 60, {"1", "2", "5", "10", "20", "50"}),
        (1280, 9, {"1", "2", "5"}),
    ],
)
def test_log_axes_can_be_read(
    open_page: OpenPage, tables: dict[str, pd.DataFrame], tmp_path: Path, width: int,
    longest: float, labels: set[str],
) -> None:  # fmt: skip
    pairs = tables["final_interactions"].copy()
    linked = pairs["antenna_id1"] != pairs["antenna_id2"]
    span = pairs.loc[linked, "distance_km"].rank(pct=True)
    pairs.loc[linked, "distance_km"] = 0.8 * (longest / 0.8) ** span
    page = open_page(
        written({**tables, "final_interactions": pairs}, tmp_path).as_uri(), width=width
    )
    page.wait_for_selector("html[data-ready=yes]")
    shown = page.locator("#flows .xaxislayer-above .xtick text").all_text_contents()
    assert labels <= set(shown)
    boxes = [
        label.bounding_box() for label in page.locator("#flows .xaxislayer-above .xtick text").all()
    ]
    for one, other in itertools.pairwise(boxes):
        assert one["x"] + one["width"] <= other["x"], "labels overlap"


def test_each_pair_is_shown_once(
    open_page: OpenPage, tables: dict[str, pd.DataFrame], page_file: Path
) -> None:
    page = open_page(page_file.as_uri())
    drawn = page.evaluate("document.getElementById('flows').data[0].text")
    pairs = [frozenset(text.split("<br>")[0].split(" and ")) for text in drawn]
    assert len(pairs) == len(set(pairs)) > 10 and all(len(pair) == 2 for pair in pairs)
    head = page.locator("#unexplained th").all_inner_texts()
    assert head == ["Antennas", "Residual", "Calls", "Distance, km"], "no net flows, which are 0"
    assert page.locator("[data-ties=alike]").first.is_visible()
    assert not page.locator("[data-ties=directed]").first.is_visible()


def test_flows_have_directions_where_one_side_was_delivered(
    open_page: OpenPage, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """As if only outgoing calls were delivered: each end counts its own."""
    pair = ["antenna_id1", "antenna_id2"]
    pairs = tables["final_interactions"].copy()
    is_forth = pairs["antenna_id1"] < pairs["antenna_id2"]
    pairs["call_count"] = pairs["call_count"].where(is_forth, pairs["call_count"] + 7)
    net = pd.Series(-7.0, pairs.index).where(is_forth, 7.0)
    flows = tables["final_flows"].merge(pairs[pair].assign(net=net), on=pair)
    flows["net_calls"] = flows.pop("net").where(flows["antenna_id1"] != flows["antenna_id2"], 0)
    page = open_page(
        written({**tables, "final_interactions": pairs, "final_flows": flows}, tmp_path).as_uri()
    )
    head = page.locator("#unexplained th").all_inner_texts()
    assert head[0] == "From, to" and head[-1] == "Calls more than back"
    last = page.locator("#unexplained tbody td:last-child").all_inner_texts()
    assert set(last) <= {"7", "-7"} and last
    calls = traces(page, "flows", "y")[0]["y"]
    fitted = flows.dropna(subset="gravity_residual")[pair].merge(pairs, on=pair)
    assert sorted(calls) == sorted(fitted["call_count"])
    linked = pairs[pairs["antenna_id1"] != pairs["antenna_id2"]]
    sums = linked.groupby(linked[pair].apply(frozenset, axis=1))["call_count"].sum()
    amount = page.locator("#strongest tbody tr").first.locator("td").nth(1).inner_text()
    assert float(amount.replace(",", "")) == sums.max()
    assert page.locator("[data-ties=directed]").first.is_visible()
