"""The documentation site, as a reader gets it: one page, opened in a browser."""

from __future__ import annotations

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
RANGE = re.compile(
    r"\b(-?\d+ or more|-?\d+ to -?\d+|above -?\d+|any (whole )?number|from 0 on|range)",
    re.IGNORECASE,
)
#: The colours of the lineage graph: users, antennas, the release
ORANGE, BLUE, GREEN = (230, 126, 34), (41, 128, 185), (39, 174, 96)
COLOURS = {"staging": ORANGE, "user": ORANGE, "antenna": BLUE, "features": BLUE, "final": GREEN}


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


COUNT_PIXELS = """
colours => {
    const counts = colours.map(() => 0);
    for (const canvas of document.querySelectorAll("canvas")) {
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 4)
            colours.forEach(([red, green, blue], n) => {
                if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) counts[n]++;
            });
    }
    return counts;
}
"""


def colours(page: WatchedPage) -> set[tuple[int, ...]]:
    """Which of the three colours fill an area of the lineage graph, once it is drawn."""
    wanted = [ORANGE, BLUE, GREEN]
    page.locator("canvas").first.wait_for()
    for _ in range(20):  # the graph moves into its place
        page.wait_for_timeout(500)
        counts = page.evaluate(COUNT_PIXELS, wanted)
        if sum(counts) > 1000:
            break
    return {colour for colour, count in zip(wanted, counts, strict=True) if count > 50}


def test_the_lineage_of_the_release_has_all_three_colours(
    opened: Callable[[str], WatchedPage],
) -> None:
    page = opened("overview")
    page.locator(".launcher-btn a").click()
    page.get_by_placeholder("...", exact=True).first.fill("+final_features")
    page.get_by_role("button", name="Update Graph").click()
    assert colours(page) == {ORANGE, BLUE, GREEN}


@pytest.mark.parametrize(
    "model", ["events", "user_metrics", "antenna_partners", "feature_decisions", "final_features"]
)
def test_a_model_has_its_levels_colour(
    opened: Callable[[str], WatchedPage], manifest: dict[str, Any], model: str
) -> None:
    level = manifest["nodes"][f"model.gnuper.{model}"]["fqn"][1]
    assert colours(opened(f"overview?g_v=1&g_i={model}")) == {COLOURS[level]}
