"""The documentation site, as a reader gets it: one page, opened in a browser."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browser import WatchedPage
from conftest import Project

from python_udfs.bandicoot_columns import INDICATOR_NAMES
from scripts import docs, export

NUMBERS = {"integer", "long", "int", "bigint", "float", "double"}
UNIT = re.compile(
    r"\b(no unit|unit: |number of|number above|bits|km|seconds|bytes|decimal degrees|in its unit"
    r"|in the (indicator|feature)'s unit|share of|hour of the day|which indicator|place of|place among)",
    re.IGNORECASE,
)
#: The folders of the levels 0 to 4
LEVELS = ("staging", "user", "antenna", "features", "final")
RANGE = re.compile(
    r"\b(-?\d+ or more|-?\d+ to -?\d+|above -?\d+|any (whole )?number|from 0 on|range)",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def documentation(mockup_project: Project) -> str:
    """The page over the mock-up release."""
    outcome = mockup_project.dbt("docs", "generate")
    assert outcome.success, outcome.output[-4000:]
    return docs.page(mockup_project.target)


@pytest.fixture(scope="module")
def page_file(documentation: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as a file, alone in its folder."""
    file = tmp_path_factory.mktemp("page") / "docs.html"
    file.write_text(documentation)
    return file


@pytest.fixture(scope="module")
def manifest(documentation: str) -> dict[str, Any]:
    """The manifest that the page shows."""
    return inlined(documentation, '{"metadata": {"dbt_schema_version": "[^"]*/manifest/')


@pytest.fixture(scope="module")
def catalog(documentation: str) -> dict[str, Any]:
    """The catalog that the page shows."""
    return inlined(documentation, '{"metadata": {"dbt_schema_version": "[^"]*/catalog/')


def inlined(page: str, start: str) -> dict[str, Any]:
    """The JSON object of the page that begins like this."""
    begin = re.search(start, page)
    assert begin, f"nothing in the page begins with {start}"
    return json.JSONDecoder().raw_decode(page, begin.start())[0]


@pytest.fixture
def opened(open_page: Callable[..., WatchedPage], page_file: Path) -> Iterator[Callable]:
    """Opens a place of the page; in the end nothing has gone wrong or was asked of the network."""
    pages = []

    def open_(place: str) -> WatchedPage:
        page = open_page(f"{page_file.as_uri()}#!/{place}")
        pages.append(page)
        return page

    yield open_
    for page in pages:
        assert not page.errors
        assert {url.partition("#")[0] for url in page.requests} == {page_file.as_uri()}


# --- what is described ---------------------------------------------------------------------------


def columns(manifest: dict[str, Any], catalog: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, type and description of every column of a built table, generated ones included."""
    for unique_id, table in catalog["nodes"].items():
        described = manifest["nodes"][unique_id]["columns"]
        for name, column in table["columns"].items():
            text = described.get(name, {}).get("description", "")
            yield f"{table['metadata']['name']}.{name}", column["type"], " ".join(text.split())


def test_every_column_says_meaning_unit_range_and_null(
    manifest: dict[str, Any], catalog: dict[str, Any]
) -> None:
    problems = []
    for name, type_, text in columns(manifest, catalog):
        wanted = {"NULL": re.compile("NULL")}
        if type_ in NUMBERS:
            wanted |= {"unit": UNIT, "range": RANGE}
        missing = [what for what, pattern in wanted.items() if not pattern.search(text)]
        if missing:
            problems.append(f"{name} ({type_}): no {', no '.join(missing)} in '{text[:80]}'")
    assert not problems, "\n".join(problems)


def test_every_model_and_its_722_indicators_are_there(
    manifest: dict[str, Any], catalog: dict[str, Any]
) -> None:
    models = {
        id_
        for id_, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    }
    assert models <= catalog["nodes"].keys()
    described = {name: text for name, _, text in columns(manifest, catalog)}
    for model in ("final_features", "antenna_bandicoot", "bandicoot_features"):
        texts = [described[f"{model}.{name}"] for name in INDICATOR_NAMES]
        assert len(texts) == len(set(texts)) == 722, f"{model}: two indicators read alike"


def test_every_released_file_is_an_exposure(
    mockup_project: Project, manifest: dict[str, Any], tmp_path: Path
) -> None:
    export.export(tmp_path, mockup_project.target)
    texts = " ".join(exposure["description"] for exposure in manifest["exposures"].values())
    exposed = set(re.findall(r"output/([\w.-]+\.\w+)", texts))
    assert {file.name for file in tmp_path.iterdir()} <= exposed


def test_nothing_about_a_person_is_in_it(
    mockup_project: Project, mockup_sample: Path, documentation: str, catalog: dict[str, Any]
) -> None:
    people = pd.read_csv(mockup_sample / "truth" / "homes.csv", dtype=str)["user_id"]
    homes = mockup_project.restricted("user_home_antenna")["user_id"].astype(str)
    assert len(people) > 1000 and len(homes) > 1000
    words = set(re.findall(r"-?\w+", documentation))
    assert not words & {*people, *homes}
    key = Path(mockup_project.vars["pseudonym_key_file"]).read_text().strip()
    assert key not in documentation
    stats = {name for table in catalog["nodes"].values() for name in table["stats"]}
    assert stats <= {"has_stats", "bytes"}


def test_it_names_no_folder_of_the_project(documentation: str) -> None:
    assert str(docs.PROJECT_ROOT) not in documentation


# --- in the browser ------------------------------------------------------------------------------


def test_the_overview_opens(opened: Callable[[str], WatchedPage]) -> None:
    page = opened("overview")
    for heading in ("gnuper on dbt", "Levels", "Privacy", "Parameters", "Where to start"):
        page.get_by_role("heading", name=heading, exact=True).wait_for()


def test_a_model_says_its_grain_and_a_columns_meaning(
    opened: Callable[[str], WatchedPage],
) -> None:
    page = opened("model/model.gnuper.final_features")
    page.get_by_text("one row per antenna or zone, and period", exact=True).first.wait_for()
    page.get_by_text("churn_rate__mean", exact=True).first.click()
    page.get_by_text("no unit. Range: 0 to 1. NULL: the user has").filter(visible=True).wait_for()


def test_search_finds_a_feature(opened: Callable[[str], WatchedPage]) -> None:
    page = opened("overview")
    page.get_by_placeholder("Search for models...").fill("sms_isolation")
    for model in ("interaction_features", "final_features"):
        page.locator(".search-result").filter(has_text=model).first.wait_for()


def test_released_tables_are_shown_where_readers_find_them(
    opened: Callable[[str], WatchedPage], mockup_project: Project
) -> None:
    page = opened("model/model.gnuper.final_features")
    page.get_by_text(f"{mockup_project.schema}.final_features", exact=True).wait_for()
    page = opened("model/model.gnuper.user_metrics")
    page.get_by_text(f"{mockup_project.schema}_restricted.user_metrics", exact=True).wait_for()


@pytest.mark.parametrize("width", [1280, 900])
def test_names_of_columns_are_shown_whole(
    open_page: Callable[..., WatchedPage], page_file: Path, width: int
) -> None:
    page = open_page(f"{page_file.as_uri()}#!/model/model.gnuper.final_features", width=width)
    page.locator("column-details .column-row").nth(700).wait_for()
    table = page.locator("column-details .table-responsive").bounding_box()
    head = page.locator("column-details th").all()
    assert len(head) == 6 and all(
        cell.bounding_box()["x"] + cell.bounding_box()["width"] <= table["x"] + table["width"]
        for cell in head
    )
    cut = page.evaluate(
        """() => [...document.querySelectorAll("column-details .column-row td:first-child span")]
        .filter((name) => {
            const cell = name.closest("td").getBoundingClientRect();
            const {left, right} = name.getBoundingClientRect();
            return left < cell.left || right > cell.right;
        }).map((name) => name.textContent)"""
    )
    assert cut == []


# --- the lineage graph ---------------------------------------------------------------------------


def graph_of(page: WatchedPage) -> dict[str, Any]:
    """What the lineage graph shows, once it is drawn: its nodes, and the size of its texts in pixels."""
    page.wait_for_function("window.graph && window.graph.nodes().length && window.graph.width()")
    page.wait_for_timeout(1000)  # the graph moves into its place
    return page.evaluate(
        """() => ({
            nodes: Object.fromEntries(graph.nodes().map((node) => [node.data("name"), {
                type: node.data("resource_type"),
                colour: node.style("background-color"),
                box: node.renderedBoundingBox(),
            }])),
            texts: graph.zoom() * parseFloat(graph.nodes()[0].style("font-size")),
            width: graph.width(), height: graph.height(),
        })"""
    )


def colours_of_the_key(page: WatchedPage) -> dict[str, str]:
    """The key of the graph: colours by the first words of their meaning."""
    rows = page.locator(".lineage-key li")
    rows.first.wait_for()
    return {
        row.inner_text().split(":")[0]: row.locator("i").get_attribute("style").split(": ")[1]
        for row in rows.all()
    }


def test_whole_lineage_can_be_read(
    open_page: Callable[..., WatchedPage], page_file: Path, manifest: dict[str, Any]
) -> None:
    page = open_page(f"{page_file.as_uri()}#!/overview", width=1600, height=1000)
    assert not page.locator(".lineage-key").is_visible()
    page.locator(".launcher-btn a").click()
    graph = graph_of(page)
    tables = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    assert set(graph["nodes"]) == tables, "neither tests nor exposures nor analyses"
    assert graph["texts"] > 7
    boxes = [node["box"] for node in graph["nodes"].values()]
    for box in boxes:
        assert 0 <= box["x1"] <= box["x2"] <= graph["width"]
        assert 0 <= box["y1"] <= box["y2"] <= graph["height"]
    for one, other in itertools.combinations(boxes, 2):
        apart = max(one["x1"], other["x1"]) >= min(one["x2"], other["x2"])
        assert apart or max(one["y1"], other["y1"]) >= min(one["y2"], other["y2"]), "they overlap"
    assert page.errors == []


def test_lineage_has_a_colour_per_level(
    opened: Callable[[str], WatchedPage], manifest: dict[str, Any]
) -> None:
    page = opened("overview?g_v=1&g_i=%2Bfinal_features")
    key = colours_of_the_key(page)
    assert len(set(key.values())) == len(key) == 6
    for name, node in graph_of(page)["nodes"].items():
        folder, *below = manifest["nodes"][f"{node['type']}.gnuper.{name}"]["fqn"][1:]
        level = list(LEVELS).index(folder) if folder in LEVELS else None
        is_raw = level is None or (folder == "staging" and "raw" in below)
        shown = "raw files, reference data" if is_raw else f"level {level}"
        assert node["colour"] == key[shown], name


def test_exposures_are_shown_where_they_are_asked_for(
    opened: Callable[[str], WatchedPage],
) -> None:
    page = opened("overview?g_v=1&g_i=%2Bexposure:report")
    assert "report" not in graph_of(page)["nodes"]
    page.locator("[data-form-type=resource_types] select").click()
    page.locator("[data-form-type=resource_types] li").filter(has_text="Exposures").click()
    page.get_by_role("button", name="Update Graph").click()
    assert graph_of(page)["nodes"]["report"]["type"] == "exposure"

    page = opened("exposure/exposure.gnuper.report")
    page.locator(".launcher-btn a").click()
    assert {"report", "final_features"} <= set(graph_of(page)["nodes"])
