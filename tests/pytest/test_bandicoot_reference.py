"""The reference engine gives what the package gives when it reads CSV files."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from python_udfs.bandicoot_batches import ENGINES, indicator_function
from python_udfs.bandicoot_columns import INDICATOR_NAMES
from python_udfs.bandicoot_compat import import_bandicoot
from python_udfs.bandicoot_events import BandicootSettings, UnsortedEventsError
from python_udfs.bandicoot_reference import UserIndicators, compute_user
from python_udfs.bandicoot_samples import EVENT_SCHEMA, edge_users, random_user

FIXTURES = Path(__file__).parent / "fixtures" / "bandicoot"

# Beyond rounding: where the true value is 0, bandicoot leaves a remainder of about 1e-16, and that
# of churn_rate changes from process to process with the seed of Python's hashes.
RELATIVE, ABSOLUTE = 1e-9, 1e-12

RECORD_COLUMNS = (
    "datetime",
    "interaction",
    "direction",
    "correspondent_id",
    "call_duration",
    "antenna_id",
)
SETTINGS = {
    "defaults": BandicootSettings(),
    "friday and saturday": BandicootSettings((5, 6), 22, 6),
    "night before midnight": BandicootSettings((7,), 1, 6),
    "no weekend, no day": BandicootSettings((), 0, 0),
}


# What the package itself uses in its reader.
pytestmark = pytest.mark.filterwarnings("ignore:The 'warn' function:DeprecationWarning")


def assert_equal(actual: UserIndicators, expected: UserIndicators) -> None:
    """All 722 values are equal, and NULL where NULL."""
    assert actual.number_of_records == expected.number_of_records
    for name, a, e in zip(INDICATOR_NAMES, actual.indicators, expected.indicators, strict=True):
        if a is None or e is None:
            assert a is e, name
        else:
            assert a == pytest.approx(e, rel=RELATIVE, abs=ABSOLUTE), name


def read_by_the_package(
    events: pa.Table, settings: BandicootSettings, folder: Path
) -> UserIndicators:
    """The same user through a CSV file of records and one of antennas."""
    rows = events.to_pylist()
    with (folder / "u.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(RECORD_COLUMNS)
        for r in rows:
            time = r["event_at"] and r["event_at"].strftime("%Y-%m-%d %H:%M:%S")
            writer.writerow([time, *(r[column] for column in RECORD_COLUMNS[1:])])
    with (folder / "antennas.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["antenna_id", "latitude", "longitude"])
        places = {r["antenna_id"]: (r["latitude"], r["longitude"]) for r in rows}
        writer.writerows([a, *place] for a, place in places.items() if a and None not in place)
    bandicoot = import_bandicoot()
    user = bandicoot.read_csv(
        "u", str(folder), str(folder / "antennas.csv"), describe=False, warnings=False
    )
    user.weekend = list(settings.weekend_days)
    user.night_start = datetime.time(settings.night_begin)
    user.night_end = datetime.time(settings.night_end)
    user.recompute_home()
    values = bandicoot.utils.all(
        user, groupby=None, split_week=True, split_day=True, summary="extended", flatten=True
    )
    indicators = [values[name] for name in INDICATOR_NAMES]
    return UserIndicators(values["reporting__number_of_records"], indicators)


def published_users() -> tuple[list[pa.RecordBatch], dict[str, UserIndicators]]:
    """Events of 14 users, two of them with two events in the same second, and their indicators."""
    types = {field.name: field.type for field in EVENT_SCHEMA}
    types.update(user_id=pa.string(), event_at=pa.timestamp("s"))
    events = pyarrow.csv.read_csv(
        FIXTURES / "events.csv", convert_options=pyarrow.csv.ConvertOptions(column_types=types)
    )
    with (FIXTURES / "expected.csv").open(newline="") as file:
        expected = {
            row["user_id"]: UserIndicators(
                int(row["number_of_records"]),
                [float(row[name]) if row[name] else None for name in INDICATOR_NAMES],
            )
            for row in csv.DictReader(file)
        }
    return events.to_batches(max_chunksize=400), expected


@pytest.mark.parametrize("engine", ENGINES)
def test_published_users_have_their_published_values(engine: str) -> None:
    batches, expected = published_users()
    compute = indicator_function(BandicootSettings((5, 6), 19, 7), engine)
    result = pa.Table.from_batches(compute(batches)).to_pylist()
    assert [row["user_id"] for row in result] == sorted(expected)
    for row in result:
        assert row["error"] is None
        assert_equal(
            UserIndicators(row["number_of_records"], row["indicators"]), expected[row["user_id"]]
        )


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_random_users_equal_the_package_reading_csv(
    settings: BandicootSettings, tmp_path: Path
) -> None:
    rng = np.random.default_rng(20181001)
    for _ in range(50):
        events = random_user(rng, int(rng.integers(1, 60)), contacts=int(rng.integers(1, 10)))
        expected = read_by_the_package(events, settings, tmp_path)
        assert_equal(compute_user(events, settings), expected)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("name", edge_users())
def test_edge_users_equal_the_package_reading_csv(
    name: str, settings: BandicootSettings, tmp_path: Path
) -> None:
    events = edge_users()[name]
    expected = read_by_the_package(events, settings, tmp_path)
    assert_equal(compute_user(events, settings), expected)


def test_unusable_events_are_left_out_as_by_the_package(tmp_path: Path) -> None:
    """One good call, and one event for each thing that can be missing."""
    good = edge_users()["one call"].to_pylist()[0]
    flaws: tuple[dict[str, Any], ...] = (
        {},
        {"event_at": None},
        {"direction": None},
        {"direction": "sideways"},
        {"interaction": "fax"},
        {"correspondent_id": None},
        {"correspondent_id": ""},
        {"call_duration": None},
    )
    events = pa.Table.from_pylist([{**good, **flaw} for flaw in flaws], EVENT_SCHEMA)
    result = compute_user(events, BandicootSettings())
    assert result.number_of_records == 1
    assert_equal(result, read_by_the_package(events, BandicootSettings(), tmp_path))


def test_the_home_depends_on_the_configured_night() -> None:
    """Two evenings at x, one late night at y."""
    rows = [
        (datetime.datetime(2018, 10, 1, 20), "x"),
        (datetime.datetime(2018, 10, 2, 20), "x"),
        (datetime.datetime(2018, 10, 3, 2), "y"),
    ]
    good = edge_users()["one call"].to_pylist()[0]
    events = pa.Table.from_pylist(
        [{**good, "event_at": time, "antenna_id": antenna} for time, antenna in rows], EVENT_SCHEMA
    )
    at_home = INDICATOR_NAMES.index("percent_at_home__allweek__allday")
    for settings, share in ((BandicootSettings(), 2 / 3), (BandicootSettings((), 23, 7), 1 / 3)):
        assert compute_user(events, settings).indicators[at_home] == pytest.approx(share)


def test_parts_of_a_second_and_time_zones_do_not_count() -> None:
    """12:00:00.9 is 12:00:00; an instant with a zone is its wall clock."""
    events = edge_users()["edges of the night"]
    expected = compute_user(events, BandicootSettings())
    moved = pa.compute.add(events["event_at"], pa.scalar(900_000, pa.duration("us")))
    assert_equal(_with_times(events, moved), expected)
    zoned = pa.compute.assume_timezone(events["event_at"], "Africa/Khartoum")
    assert_equal(_with_times(events, zoned), expected)


def _with_times(events: pa.Table, times: pa.ChunkedArray) -> UserIndicators:
    return compute_user(events.set_column(0, "event_at", times), BandicootSettings())


def test_unsorted_events_are_refused() -> None:
    events = edge_users()["only calls"]
    with pytest.raises(UnsortedEventsError):
        compute_user(events.take([1, 0]), BandicootSettings())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weekend_days": (6, 8)}, "weekend_days has 8; days are 1"),
        ({"night_begin": 25}, "night_begin is 25; hours are 0 to 23"),
        ({"night_end": -1}, "night_end is -1; hours are 0 to 23"),
    ],
)
def test_impossible_settings_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BandicootSettings(**arguments)


def test_nothing_is_printed(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    compute_user(edge_users()["never a known location"], BandicootSettings())
    captured = capfd.readouterr()
    assert captured.out == captured.err == caplog.text == ""
