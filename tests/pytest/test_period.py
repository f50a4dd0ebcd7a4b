"""Features per month: those that a run over the month alone gives, in tables, files and report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from browser import WatchedPage
from conftest import RELEASED, Project

from scripts import export, report

pytestmark = pytest.mark.slow

# Nobody is a machine: who is one is decided over all days that are read.
NO_MACHINES = {"max_weekly_interactions": 10**9}
MONTHS = {"2024-04": ("2024-04-01", "2024-04-30"), "2024-05": ("2024-05-01", "2024-05-31")}
TABLES = [name for name in RELEASED if name.startswith("final_")]


@pytest.fixture(scope="module")
def by_month(make_project: Callable[..., Project], mockup_sample: Path) -> Project:
    """The mock-up sample, which ends a month and begins one, with features per month."""
    project = make_project("by_month", raw_data_path=str(mockup_sample), **NO_MACHINES)
    project.build(period="month", privacy_k=3)
    return project


@pytest.fixture(scope="module")
def output(by_month: Project) -> Path:
    """Its exported files."""
    return by_month.export()


def ordered(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The rows by their key, with one type for all numbers, also where none is there."""
    numbers = [name for name in rows if rows[name].isna().all() or rows[name].dtype.kind in "if"]
    return rows.sort_values(key, ignore_index=True).astype(dict.fromkeys(numbers, float))


@pytest.mark.parametrize("month", MONTHS)
def test_a_month_is_what_a_run_over_it_gives(
    by_month: Project, make_project: Callable[..., Project], mockup_sample: Path, month: str
) -> None:
    first, last = MONTHS[month]
    alone = make_project(
        "month", raw_data_path=str(mockup_sample), period_begin=first, period_end=last,
        privacy_k=3, **NO_MACHINES,
    )  # fmt: skip
    alone.build()
    for name in TABLES:
        rows = by_month.table(name)
        key = export.KEYS[name]
        found = ordered(rows[rows.pop("period") == month], key)
        expected = ordered(alone.table(name), key)
        pd.testing.assert_frame_equal(found, expected, rtol=1e-12, atol=1e-12)
        assert len(found) > 0 or month == "2024-04", name


def test_everybody_has_a_home_per_month(by_month: Project) -> None:
    homes = by_month.query(
        "select left(antenna_id, 7) as month, count(*) as users "
        "from {restricted}.user_home_antenna group by 1 order by 1"
    )
    assert list(homes["month"]) == list(MONTHS) and (homes["users"] > 100).all()


def test_files_name_the_period(by_month: Project, output: Path) -> None:
    features = pd.read_csv(output / "final_features.csv", dtype={"antenna_id": str})
    assert features.sort_values(["period", "antenna_id"]).index.is_monotonic_increasing
    assert features.groupby("antenna_id")["period"].agg(list).map(tuple).unique().tolist() == [
        tuple(MONTHS)
    ]
    assert pd.read_parquet(output / "ties.geo.parquet")["period"].isin(MONTHS).all()


def test_report_shows_a_period(
    open_page: Callable[..., WatchedPage], by_month: Project, output: Path
) -> None:
    page_file = report.write(output)
    released = by_month.table("final_features").sort_values("antenna_id")
    page = open_page(page_file.as_uri())
    for month in reversed(MONTHS):  # it opens with the last one
        if page.locator("#period").input_value() != month:
            page.locator("#period").select_option(month)
            page.wait_for_url(f"**period={month}*")
            page.wait_for_selector("html[data-ready=yes]")
        page.locator("#feature").select_option("active_users")
        shown = page.evaluate("[...document.getElementById('map-plot').data[0].z]")
        expected = released.loc[released["period"] == month, "active_users"].dropna()
        assert shown == expected.tolist() and shown
    assert page.errors == []


def test_weeks_and_all_follow_in_the_same_schema(by_month: Project) -> None:
    by_month.build(period="week", privacy_k=3, bandicoot=False)
    assert by_month.table("final_features")["period"].min() == "2024-04-29"
    assert by_month.table("final_weekly_profile").eval("period == week.astype('str')").all()
    by_month.build(privacy_k=3, bandicoot=False)
    assert "period" not in by_month.table("final_features")
