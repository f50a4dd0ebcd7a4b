"""Gates of a delivery: what breaks one warns or stops, and a stopped run publishes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from conftest import PROJECT_ROOT, Outcome, Project
from random_cdr import Cell, Row, record, write_raw

pytestmark = pytest.mark.slow

DAYS = [f"2024-05-{day:02d}" for day in range(1, 9)]
BAD_DAY = "2024-05-09"
GATES = ("rejected_share", "unknown_cell_share", "hours_without_events", "change")
CELLS = [Cell("a1", "c1", "13", "52"), Cell("a2", "c2", "13.1", "52.1")]


def good_day(day: str) -> list[Row]:
    """Two users, one event of each in every hour."""
    return [
        record(user, f"{day} {hour:02d}:00:00", "u1", cell_id=cell)
        for user, cell in (("u1", "c1"), ("u2", "c2"))
        for hour in range(24)
    ]


def bad_day(day: str) -> list[Row]:
    """Two accepted rows in one hour, four rows of unknown cells, one without an id."""
    rows = [record(user, f"{day} 10:00:00", "u1", cell_id="c1") for user in ("u1", "u2")]
    rows += [record("u1", f"{day} {hour}:00:00", "u2", cell_id="c9") for hour in range(11, 15)]
    return [*rows, record("", f"{day} 15:00:00", "u2", cell_id="c1")]


def gates(severity: str) -> dict[str, Any]:
    """All gates with their own limits and one severity."""
    return {name: {"severity": severity} for name in GATES}


def sentence(outcome: Outcome, beginning: str) -> str:
    """The line that says what is wrong with the delivery."""
    return next((line for line in outcome.output.splitlines() if beginning in line), "")


@pytest.fixture(scope="module")
def project(
    make_project: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """A release of eight good days; then a bad day is delivered."""
    folder = tmp_path_factory.mktemp("gates")
    write_raw(folder, [row for day in DAYS for row in good_day(day)], CELLS)
    project = make_project(
        "gates",
        raw_data_path=str(folder),
        bandicoot=False,
        privacy_k=0,
        quality_gates=gates("stop"),
    )
    project.build()
    write_raw(folder, bad_day(BAD_DAY), CELLS)
    return project


def released(project: Project) -> dict[str, pd.DataFrame]:
    names = ("final_features", "final_interactions", "release_report", "release_ledger")
    return {
        name: (table := project.table(name)).sort_values(list(table.columns)).reset_index(drop=True)
        for name in names
    }


def test_stop_leaves_the_last_release(project: Project) -> None:
    before = released(project)
    outcome = project.dbt("build", "--exclude-resource-type", "unit_test")
    assert not outcome.success
    words = sentence(outcome, "The delivery is not good enough")
    file = f"'{BAD_DAY.replace('-', '')}.csv' on {BAD_DAY}"
    for expected in (
        f"rejected_share is 0.714 (limit 0.5) in {file}",
        f"unknown_cell_share is 0.667 (limit 0.2) in {file}",
        f"hours_without_events is 23 (limit 6) in {file}",
        f"change is -0.958 (limit 0.5) in {file}",
    ):
        assert expected in words
    assert "the last release stays" in words
    after = released(project)
    for name, table in before.items():
        pd.testing.assert_frame_equal(after[name], table)
    quality = project.restricted("delivery_quality")
    bad = quality[quality["day"].astype(str) == BAD_DAY].squeeze()
    assert (bad["records"], bad["accepted"], bad["rejected"]) == (7, 2, 5)
    assert (bad["unknown_cell"], bad["missing_id"], bad["users"], bad["cells"]) == (4, 1, 2, 1)
    assert (quality[quality["day"].astype(str) != BAD_DAY]["rejected"] == 0).all()


def test_warnings_let_the_run_go_on(project: Project) -> None:
    outcome = project.dbt("run", "--select", "delivery_quality", quality_gates=gates("warn"))
    assert outcome.success
    words = sentence(outcome, "Delivery quality warning")
    assert all(f"{name} is " in words for name in GATES)
    assert "the table delivery_quality" in words


@pytest.mark.parametrize("name", GATES)
def test_each_gate_has_a_limit_of_its_own(project: Project, name: str) -> None:
    """With one gate that stops just below its value, and one that does not at its value."""
    value = {
        "rejected_share": 5 / 7, "unknown_cell_share": 4 / 6, "hours_without_events": 23,
        "change": 46 / 48,
    }[name]  # fmt: skip
    for limit, stops in ((value - 1e-6, True), (value + 1e-6, False)):
        only = gates("off") | {name: {"severity": "stop", "limit": limit}}
        outcome = project.dbt("run", "--select", "delivery_quality", quality_gates=only)
        assert outcome.success is not stops
        words = sentence(outcome, "The delivery is not good enough")
        assert bool(words) is stops
        assert not any(f"{other} is " in words for other in GATES if other != name)


def oddities() -> dict[str, list[Row]]:
    """Two days of events, in which each gate of the whole delivery finds something."""
    users, others = [f"49170000{n}" for n in range(20)], [f"0049170000{n}" for n in range(20)]
    good = [
        record(user, f"2024-05-01 10:{minute:02d}:00", other, cell_id="c1", interaction=kind)
        for user, other in zip(users, others, strict=True)
        for minute, kind in enumerate(("1", "1", "2", "2"))
    ]
    rows = {
        "calls of unknown cells": [
            record(user, "2024-05-01 11:00:00", "x", cell_id="c9", interaction="1")
            for user in users
        ],
        "codes of texts": [
            record(user, "2024-05-01 12:00:00", "x", cell_id="c1", interaction="SMS")
            for user in users
        ],
        "mirrored": [
            record(user, "2024-05-01 10:00:00", other, cell_id="c1", interaction="1", direction="1")
            for user, other in zip(users, others, strict=True)
        ],
        "spoilt": [record("4.917E+11", "2024-05-01 10:00:00", "x", cell_id="c1")],
    }
    return {"good": good, **rows}


def test_the_whole_delivery_is_judged(make_project: Callable[..., Project], tmp_path: Path) -> None:
    """What breaks a gate of all calls, texts, ids, cells or files is told with its share."""
    rows = [row for part in oddities().values() for row in part]
    write_raw(tmp_path, rows, [*CELLS, Cell("a2", "c1", "13", "52"), Cell("a3", "c3", "0", "0")])
    (tmp_path / "20240501 again.csv").write_bytes((tmp_path / "20240501.csv").read_bytes())
    project = make_project("oddities", raw_data_path=str(tmp_path), bandicoot=False)
    outcome = project.dbt("run", "--select", "+delivery_quality")
    assert not outcome.success
    words = sentence(outcome, "The delivery is not good enough")
    # 20 calls and 20 records of an unknown kind, of 40 texts and 61 calls
    assert "lost_texts is 0.3333 (limit 0.3): this share of all texts are rejected" in words
    assert "40 unknown_interaction like 'aaa'" in words and "40 unknown_cell like 'a9'" in words
    assert "shared_cells is 1.0 (limit 0.02)" in words
    assert "49170000" not in outcome.output

    names = ("lost_calls", "lost_texts", "lost_seconds", "shared_cells")
    warned = project.dbt(
        "run", "--select", "+delivery_quality",
        quality_gates={name: {"stop_limit": None} for name in names},
    )  # fmt: skip
    assert warned.success, warned.output
    words = sentence(warned, "Delivery quality warning")
    for name in ("unknown_correspondents", "mirrored_events", "spoilt_ids", "one_time_of_day"):
        assert f"{name} is " in words
    assert "strange_antennas is 1 (limit 0)" in words
    assert (
        "repeated_files: the rows of 1 files are delivered again in another file (limit 0.5): "
        "100.0 % of the rows of '20240501.csv' are in '20240501 again.csv' too"
    ) in words
    end = warned.output[warned.output.rindex("Completed successfully") :]
    assert "of this run:" in end and "lost_texts is" in end


def test_malformed_rows_may_be_all_texts(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    """Nearly half of each file is of another format, and fewer rows are rejected than accepted."""
    rows = [row for day in DAYS for row in good_day(day)]
    texts = {
        day.replace("-", ""): [";".join(row) for row in good_day(day)][: len(good_day(day)) - 5]
        for day in DAYS
    }
    write_raw(tmp_path, rows, CELLS, texts)
    project = make_project("malformed", raw_data_path=str(tmp_path), bandicoot=False)
    outcome = project.dbt("run", "--select", "+delivery_quality")
    assert not outcome.success
    words = sentence(outcome, "The delivery is not good enough")
    assert "lost_calls is 0.4" in words and "rejected rows of an unknown kind" in words


FAR_DAYS = ("1970-01-01", "2099-12-31")


@pytest.mark.parametrize(
    ("strays", "file", "gate"),
    [
        (5, "20240501", "stray_days"),
        (5, "20 calls", "stray_days"),
        (50, "20240501", "distant_names"),
        (50, "20 calls", "distant_days"),
    ],
)
def test_days_years_away(
    make_project: Callable[..., Project],
    tmp_path_factory: pytest.TempPathFactory,
    strays: int,
    file: str,
    gate: str,
) -> None:
    """A few rows of clocks that stand at their first or last day are left out, many stop the run."""
    rows = [row for day in DAYS for row in good_day(day)] * 5
    lines = [",".join(record("u1", f"{day} 10:00:00", "u2", cell_id="c1")) for day in FAR_DAYS]
    folder = tmp_path_factory.mktemp("far_days")
    write_raw(folder, rows, CELLS, more_lines={file: lines * strays})
    project = make_project("far_days", raw_data_path=str(folder), bandicoot=False, holidays=[])
    outcome = project.dbt("run", "--select", "+events")
    stops = gate != "stray_days"
    share = round(2 * strays / (len(rows) + 2 * strays), 4)
    assert outcome.success is not stops
    beginning = "The delivery is not good enough" if stops else "Delivery quality warning"
    assert f"{gate} is {share} (limit 0)" in sentence(outcome, beginning)
    far = project.restricted("distant_days")
    assert set(far["day"].astype(str)) == set(FAR_DAYS)
    assert (far["is_left_out"] != stops).all()
    assert (far["records"] == strays).all()
    if not stops:
        assert len(project.restricted("events")) == len(rows)


def test_days_of_other_months_than_the_files_names(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    """Day and month in the wrong order: 1 to 8 May read as the fifth of January to August."""
    names = {day: day.replace("-", "") for day in DAYS}
    swapped = {day: f"{day[:4]}-{day[8:]}-{day[5:7]}" for day in DAYS}
    lines = {
        names[day]: [",".join(row) for row in good_day(swapped[day])] for day in DAYS
    }  # fmt: skip
    write_raw(tmp_path, [], CELLS, more_lines=lines)
    project = make_project("names", raw_data_path=str(tmp_path), bandicoot=False, holidays=[])
    outcome = project.dbt("run", "--select", "+delivery_quality")
    assert not outcome.success
    # the fifth of January, of February and of August; the others are less than 63 days away
    assert "distant_names is 0.375 (limit 0)" in sentence(
        outcome, "The delivery is not good enough"
    )
    off = project.dbt(
        "run", "--select", "+events", quality_gates={"distant_names": {"severity": "off"}}
    )
    assert off.success, off.output
    assert len(project.restricted("events")) == 8 * len(good_day(DAYS[0]))


def test_cells_with_days_without_an_antenna(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    """The days between two spans of a cell are told, and their events have an unknown cell."""
    write_raw(tmp_path, [row for day in DAYS for row in good_day(day)], [])
    (tmp_path / "MS_LOCATION.csv").write_text(
        "a1,c1,13,52,,2024-05-03\na2,c1,13.1,52.1,2024-05-06,\na2,c2,13.1,52.1,,2024-05-04\n"
        "a1,c2,13,52,2024-05-05,\n"
    )
    layout = yaml.safe_load((PROJECT_ROOT / "layouts" / "gnuper.yml").read_text())
    columns = ["antenna_id", "cell_id", "longitude", "latitude", "valid_from", "valid_to"]
    fields = {"valid_from": "valid_from", "valid_to": "valid_to"}
    layout["locations"] = layout["locations"] | {"columns": columns, "fields": fields}
    project = make_project("gaps", raw_data_path=str(tmp_path), layout=layout, bandicoot=False)
    outcome = project.dbt("run", "--select", "+delivery_quality")
    assert outcome.success, outcome.output
    words = sentence(outcome, "Delivery quality warning")
    assert "cells_with_gaps is 1 (limit 0): cells have days without an antenna" in words
    quality = project.restricted("delivery_quality")
    lost = quality[quality["unknown_cell"] > 0]
    assert set(lost["day"].astype(str)) == {"2024-05-04", "2024-05-05"}
    assert (lost["unknown_cell"] == 24).all()


def test_no_call_stops_the_run(make_project: Callable[..., Project], tmp_path: Path) -> None:
    """A release of texts alone never replaces the last one, whatever the gates are."""
    rows = [
        record(f"u{n}", "2024-05-01 10:00:00", "x", cell_id="c1", interaction="2") for n in range(9)
    ]
    rows += [
        record(
            "u1",
            "2024-05-01 10:00:00",
            "x",
            cell_id="c1",
            interaction="1",
            duration="00:10:00",
        )
    ]
    write_raw(tmp_path, rows, CELLS)
    off = {f"lost_{what}": {"severity": "off"} for what in ("calls", "texts", "seconds")}
    project = make_project(
        "no_call", raw_data_path=str(tmp_path), bandicoot=False, quality_gates=off
    )
    outcome = project.dbt("run", "--select", "+delivery_quality")
    assert not outcome.success
    words = "No call was accepted (9 texts were), although the layout describes calls (rejects: "
    assert words + "1 bad_duration like '99:99:99')" in outcome.output


def test_small_days_break_no_gate(
    make_project: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One clock that is years behind, one ahead at an unknown cell, and one row without a time."""
    folder = tmp_path_factory.mktemp("small_days")
    rows = [
        record(f"u{user}", f"2024-05-01 {hour:02d}:00:00", cell_id="c1")
        for user in range(5)
        for hour in range(24)
    ]
    others = [
        record("u1", "2004-05-01 10:00:00", cell_id="c1"),
        record("u1", "2024-05-20 10:00:00", cell_id="c9"),
        record("u1", "yesterday", cell_id="c1"),
    ]
    lines = {"20240501": [",".join(row) for row in others]}
    write_raw(folder, rows, CELLS, more_lines=lines)
    project = make_project(
        "small_days", raw_data_path=str(folder), bandicoot=False, quality_gates=gates("stop")
    )
    outcome = project.dbt("run", "--select", "+delivery_quality")
    assert outcome.success, outcome.output
    quality = project.restricted("delivery_quality")
    assert quality["rejected_share"].dropna().sort_values().tolist() == [0, 1 / 123]


@pytest.mark.parametrize("local", ["Africa/Khartoum", "America/Sao_Paulo"])
def test_days_of_another_zone_break_no_gate(
    make_project: Callable[..., Project], tmp_path: Path, local: str
) -> None:
    """Files of whole days in UTC hold some hours of the local day after, or before."""
    write_raw(tmp_path, [row for day in DAYS for row in good_day(day)], CELLS)
    layout = yaml.safe_load((PROJECT_ROOT / "layouts" / "gnuper.yml").read_text())
    project = make_project(
        f"zones_{local[:3]}",
        raw_data_path=str(tmp_path),
        layout=layout | {"data_timezone": "UTC", "local_timezone": local},
        bandicoot=False,
        quality_gates=gates("stop"),
    )
    outcome = project.dbt("run", "--select", "+delivery_quality")
    assert outcome.success, outcome.output
    quality = project.restricted("delivery_quality")
    assert len(quality) == 2 * len(DAYS)
    assert quality["change"].abs().max() == pytest.approx(
        {"Africa/Khartoum": 2, "America/Sao_Paulo": 3}[local] / 24, abs=0.05
    )
