"""The compiled engine gives what the package gives, in all 722 columns."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_udfs import bandicoot_compiled, bandicoot_kernels, bandicoot_reference
from python_udfs.bandicoot_columns import INDICATOR_NAMES, INDICATORS
from python_udfs.bandicoot_events import BandicootSettings, UnsortedEventsError
from python_udfs.bandicoot_samples import EVENT_SCHEMA, edge_users, in_total_order, random_user

PROJECT = Path(__file__).resolve().parents[2]
DEFAULTS = BandicootSettings()

# Beyond rounding: where the true value is 0 (the skewness of a symmetric distribution, the churn of
# equal weeks) a remainder of about 1e-16 is left, and that of bandicoot's churn_rate changes from
# process to process with the seed of Python's hashes.
RELATIVE, ABSOLUTE = 1e-9, 1e-12


def assert_engines_agree(users: list[pa.Table], configured: BandicootSettings = DEFAULTS) -> None:
    """Both engines give the same numbers, and NULL where NULL."""
    events = pa.concat_tables(users)
    starts = np.cumsum([0, *(user.num_rows for user in users)])
    numbers, actual = bandicoot_compiled.compute_users(events, starts, configured)
    expected_numbers, expected = bandicoot_reference.compute_users(events, starts, configured)
    assert numbers.tolist() == expected_numbers.tolist()
    different = ~np.isclose(actual, expected, RELATIVE, ABSOLUTE, equal_nan=True)
    assert not different.any(), [
        f"user {user}, {INDICATOR_NAMES[column]}: "
        f"{actual[user, column]!r} instead of {expected[user, column]!r}"
        for user, column in np.argwhere(different)[:10]
    ]


CONFIGURATIONS = {
    "defaults": DEFAULTS,
    "friday and saturday": BandicootSettings((5, 6), 22, 6),
    "night before midnight": BandicootSettings((7,), 1, 6),
    "no weekend, no day": BandicootSettings((), 0, 0),
    "every day is weekend": BandicootSettings(tuple(range(1, 8)), 23, 0),
}


@pytest.mark.parametrize("configured", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_edge_users(configured: BandicootSettings) -> None:
    assert_engines_agree(list(edge_users().values()), configured)


@pytest.mark.parametrize("configured", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_a_thousand_random_users(configured: BandicootSettings) -> None:
    """1,000 users in five configurations, busy and idle, with few and many contacts."""
    rng = np.random.default_rng(list(CONFIGURATIONS.values()).index(configured))
    users = [
        random_user(
            rng,
            number_of_events=int(rng.integers(1, 60)),
            mean_gap=float(rng.choice([600, 4 * 3600, 3 * 86400])),
            contacts=int(rng.integers(1, 15)),
            antennas=int(rng.integers(1, 12)),
            start=datetime.datetime(2018, 12, 1) + datetime.timedelta(int(rng.integers(1000))),
        )
        for _ in range(200)
    ]
    assert_engines_agree(users, configured)


def test_users_with_many_events() -> None:
    rng = np.random.default_rng(11)
    assert_engines_agree(
        [
            random_user(rng, 3000, mean_gap=600, contacts=200, antennas=40),
            random_user(rng, 2000, mean_gap=4 * 3600, contacts=30, antennas=5),
        ]
    )


event = st.fixed_dictionaries(
    {
        "event_at": st.builds(
            lambda hours, more: (
                datetime.datetime(2018, 12, 29) + datetime.timedelta(hours / 24, more)
            ),
            st.integers(0, 150),
            st.sampled_from([0, 0, 1, 1799, 1800, 3599]),
        ),
        "direction": st.sampled_from(["in", "out"]),
        "interaction": st.sampled_from(["call", "text", "text"]),
        "correspondent_id": st.sampled_from("ab"),
        "call_duration": st.sampled_from([None, 0, 1, 2, 3]),
        "antenna_id": st.sampled_from([None, "", "x", "y", "z", "unplaced"]),
    }
)
PLACES = {"x": (15.3, 32.1), "y": (15.3, -32.1), "z": (15.3, 32.1)}


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    users=st.lists(st.lists(event, min_size=1, max_size=12), min_size=1, max_size=8),
    weekend_days=st.sets(st.integers(1, 7)),
    night=st.tuples(st.integers(0, 23), st.integers(0, 23)),
)
def test_users_made_to_collide(
    users: list[list[dict[str, Any]]], weekend_days: set[int], night: tuple[int, int]
) -> None:
    """Few instants, contacts and antennas, so that ties are the rule."""
    tables = []
    for events in users:
        for e in events:
            e["latitude"], e["longitude"] = PLACES.get(e["antenna_id"], (None, None))
        tables.append(in_total_order(pa.Table.from_pylist(events, EVENT_SCHEMA)))
    assert_engines_agree(tables, BandicootSettings(tuple(weekend_days), *night))


def test_unusable_events_are_left_out_alike() -> None:
    good = edge_users()["one call"].to_pylist()[0]
    flaws: tuple[dict[str, Any], ...] = (
        {"event_at": None},
        {},
        {"direction": None},
        {"interaction": "fax"},
        {"correspondent_id": None},
        {"correspondent_id": ""},
        {"call_duration": None},
    )
    flawed = pa.Table.from_pylist([{**good, **flaw} for flaw in flaws], EVENT_SCHEMA)
    none_usable = flawed.slice(2)
    assert_engines_agree([flawed, edge_users()["only texts"], none_usable, flawed])


def test_ids_may_be_numbers() -> None:
    rng = np.random.default_rng(4)
    events = random_user(rng, 300)
    starts = np.array([0, 300])
    _, expected = bandicoot_compiled.compute_users(events, starts, DEFAULTS)
    for column in ("correspondent_id", "antenna_id"):
        numbers = [i and int(i.split()[1]) for i in events[column].to_pylist()]
        position = events.schema.get_field_index(column)
        events = events.set_column(position, column, pa.array(numbers, pa.int64()))
    assert_engines_agree([events])
    _, actual = bandicoot_compiled.compute_users(events, starts, DEFAULTS)
    np.testing.assert_allclose(actual, expected, RELATIVE, ABSOLUTE)


def test_unsorted_events_are_refused() -> None:
    first, second = edge_users()["only calls"], edge_users()["no night"]
    bandicoot_compiled.compute_users(
        pa.concat_tables([second, first]), np.array([0, 10, 15]), DEFAULTS
    )
    with pytest.raises(UnsortedEventsError):
        bandicoot_compiled.compute_users(
            pa.concat_tables([second, first]), np.array([0, 15]), DEFAULTS
        )


def test_indicators_are_numbered_in_the_order_of_the_columns() -> None:
    for number, indicator in enumerate(INDICATORS):
        assert getattr(bandicoot_kernels, indicator.name.upper()) == number


def test_every_indicator_is_documented_where_it_is_computed() -> None:
    computed_by_another_name = {"number_of_interaction_in", "number_of_interaction_out"}
    for indicator in INDICATORS:
        text = getattr(bandicoot_kernels, indicator.name).__doc__
        for word in ("Unit: ", "Range: ", "NULL: ", "Source: "):
            assert word in text, indicator.name
        if indicator.name not in computed_by_another_name:
            assert f"bandicoot.{indicator.module}.{indicator.name}." in text


def test_warm_up_says_what_it_does() -> None:
    said: list[str] = []
    assert bandicoot_compiled.warm_up(say=said.append) > 0
    assert "compiling" in said[0] and "ready after" in said[1]


def test_warming_up_compiles_what_real_events_need() -> None:
    """Other types of arrays would be compiled anew, in the middle of the work."""
    bandicoot_compiled.warm_up(say=lambda _: None)
    before = bandicoot_compiled.load_kernels(None).indicators_of_users.signatures
    bandicoot_compiled.compute_users(edge_users()["no night"], np.array([0, 10]), DEFAULTS)
    after = bandicoot_compiled.load_kernels(None).indicators_of_users.signatures
    assert before == after and len(after) == 1


def test_a_cache_folder_that_cannot_be_written_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = bandicoot_compiled._writable_cache_folder(str(tmp_path / "file" / "folder"))
    assert folder.is_dir() and not folder.is_relative_to(tmp_path)
    folder.rmdir()


IN_A_FRESH_PROCESS = """
import sys; sys.path.insert(0, sys.argv[1])
from python_udfs import bandicoot_compiled
assert bandicoot_compiled.__file__.startswith(sys.argv[1])
bandicoot_compiled.warm_up(sys.argv[2], say=str)
"""


@pytest.mark.slow
def test_compiled_code_is_found_again_wherever_the_package_is_shipped_to(tmp_path: Path) -> None:
    """As on a cluster: every session puts the zip file somewhere else."""
    cache = tmp_path / "cache"
    compiled = []
    # with and without the variable, which the workers have and who warms up may not have
    for place, cache_dir in (("first", ""), ("second", ""), ("third", str(cache))):
        archive = shutil.make_archive(str(tmp_path / place), "zip", PROJECT, "python_udfs")
        arguments = [sys.executable, "-c", IN_A_FRESH_PROCESS, archive, str(cache)]
        subprocess.run(arguments, check=True, env={"NUMBA_CACHE_DIR": cache_dir})
        compiled.append({file: file.stat().st_mtime_ns for file in cache.rglob("*.nb?")})
    assert compiled[0] == compiled[1] == compiled[2] != {}
