"""The report: made of released files alone, drawn in a real browser, asking for nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from browser import WatchedPage
from conftest import PROJECT_ROOT, Project

from scripts import export, report

OpenPage = Callable[..., WatchedPage]
PLOTS = [
    "map-plot", "histogram", "correlations", "scatter", "network-plot", "flows", "hourly", "weekly",
    "quality-plot", "gate",
]  # fmt: skip


@pytest.fixture(scope="module")
def page_file(mockup_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, written by the command beside copies of the released files and nothing else."""
    folder = tmp_path_factory.mktemp("released")
    for name in export.KEYS:
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
    return json.loads(found[1])["all"]


# --- what the page holds --------------------------------------------------------------------------


def test_no_file_no_report(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="make run"):
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
        assert cell.distance(report.shapely.Point(place)) < 1e-4
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
    expected = tables["final_flows"].dropna(subset="gravity_residual")["gravity_residual"]
    assert sorted(residuals) == pytest.approx(sorted(expected), rel=1e-4)

    page.locator("#tie").select_option("vol_sum")
    assert strongest.first.inner_text() != before
    assert page.errors == []
