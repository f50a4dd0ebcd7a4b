"""The function given to Spark: batches in any cut; errors are rows and say nothing of persons."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from python_udfs import bandicoot_batches, bandicoot_reference
from python_udfs.bandicoot_batches import (
    ENGINES,
    indicator_function,
    map_users,
    output_schema,
    whole_users,
)
from python_udfs.bandicoot_events import (
    EVENT_COLUMNS,
    BandicootSettings,
    UnsortedEventsError,
    is_usable,
)
from python_udfs.bandicoot_samples import random_user

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = BandicootSettings()
SIZES = (1, 7, 30, 2, 1, 12)


@pytest.fixture(scope="module")
def events() -> pa.Table:
    """Six users with 53 events, sorted."""
    rng = np.random.default_rng(7)
    users = [
        random_user(rng, size).append_column("user_id", pa.array([user] * size, pa.int64()))
        for user, size in enumerate(SIZES)
    ]
    return pa.concat_tables(users)


def computed(
    batches: Iterable[pa.RecordBatch], engine: str = "reference", **options: Any
) -> list[dict]:
    return pa.Table.from_batches(map_users(iter(batches), SETTINGS, engine, **options)).to_pylist()


def cut(events: pa.Table, rows: int) -> list[pa.RecordBatch]:
    return events.combine_chunks().to_batches(max_chunksize=rows)


@pytest.mark.parametrize("rows", [1, 2, 3, 8, 52, 53])
@pytest.mark.parametrize("block_rows", [1, 10, 1000])
def test_users_are_whole_however_the_batches_are_cut(
    events: pa.Table, rows: int, block_rows: int
) -> None:
    blocks = list(whole_users(cut(events, rows), block_rows))
    assert pa.concat_tables([b.events for b in blocks])["user_id"] == events["user_id"]
    assert [int(size) for b in blocks for size in np.diff(b.starts)] == list(SIZES)
    assert all(b.events.num_rows >= block_rows for b in blocks[:-1])


@pytest.mark.parametrize("engine", ENGINES)
def test_results_do_not_depend_on_the_batches(events: pa.Table, engine: str) -> None:
    at_once = computed(cut(events, 53), engine)
    assert [row["user_id"] for row in at_once] == list(range(6))
    usable = events.filter(is_usable(events))["user_id"].to_pylist()
    assert [row["number_of_records"] for row in at_once] == [usable.count(u) for u in range(6)]
    assert computed(cut(events, 4), engine, block_rows=1) == at_once


def test_empty_batches_and_no_batches(events: pa.Table) -> None:
    empty = cut(events, 53)[0].slice(0, 0)
    assert computed([empty, *cut(events, 20), empty]) == computed(cut(events, 20))
    assert list(map_users(iter([]), SETTINGS, "reference")) == []
    assert list(map_users(iter([empty]), SETTINGS, "reference")) == []


def test_output_has_the_declared_layout_in_small_batches(
    events: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bandicoot_batches, "OUTPUT_ROWS", 4)
    batches = list(map_users(cut(events, 53), SETTINGS, "reference"))
    assert [batch.num_rows for batch in batches] == [4, 2]
    assert batches[0].schema == pa.schema(
        {
            "user_id": pa.int64(),
            "error": pa.string(),
            "number_of_records": pa.int64(),
            "indicators": pa.list_(pa.float64()),
        }
    )
    assert output_schema("bigint") == (
        "user_id bigint, error string, number_of_records bigint, indicators array<double>"
    )


def test_a_failing_user_is_a_row_without_anything_about_the_person(
    events: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = bandicoot_reference.compute_user

    def fails_for_one(user_events: pa.Table, settings: BandicootSettings) -> Any:
        if user_events.num_rows == 30:
            raise KeyError(user_events["correspondent_id"][0].as_py())
        return working(user_events, settings)

    expected = computed(cut(events, 10))
    monkeypatch.setattr(bandicoot_reference, "compute_user", fails_for_one)
    result = computed(cut(events, 10))
    assert result[2] == {
        "user_id": 2,
        "error": "KeyError: the indicators could not be computed",
        "number_of_records": None,
        "indicators": None,
    }
    assert result[:2] + result[3:] == expected[:2] + expected[3:]


@pytest.mark.parametrize("engine", ENGINES)
def test_unsorted_events_of_a_user_are_the_error_of_that_user(
    events: pa.Table, engine: str
) -> None:
    swapped = events.take([0, 7, *range(2, 7), 1, *range(8, 53)])
    errors = [row["error"] for row in computed(cut(swapped, 53), engine)]
    expected = "UnsortedEventsError: the events are not in order of time"
    assert errors == [None, expected, None, None, None, None]


def test_users_that_are_not_sorted_stop_everything(events: pa.Table) -> None:
    """Otherwise one user could become two rows, each from a part of the events."""
    for order in ([1, 0], [0, 1, 0]):
        with pytest.raises(UnsortedEventsError, match="not sorted by user_id"):
            computed(cut(events.take(order), 1), block_rows=1)
        with pytest.raises(UnsortedEventsError, match="not sorted by user_id"):
            computed(cut(events.take(order), 10))


def test_a_missing_user_id_stops_everything(events: pa.Table) -> None:
    ids = pa.array([None, *events["user_id"].to_pylist()[1:]], pa.int64())
    unknown = events.drop_columns("user_id").append_column("user_id", ids)
    with pytest.raises(ValueError, match="user_id is NULL"):
        computed(cut(unknown, 53))


@pytest.mark.parametrize("column", EVENT_COLUMNS)
def test_a_missing_column_stops_everything(events: pa.Table, column: str) -> None:
    with pytest.raises(KeyError, match=column):
        computed(cut(events.drop_columns(column), 53))


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="engine is 'fast'; allowed are compiled, reference"):
        indicator_function(SETTINGS, "fast")
    assert ENGINES == ("compiled", "reference")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_function_works_from_a_zip_file_in_a_fresh_process(
    events: pa.Table, engine: str, tmp_path: Path
) -> None:
    """As on a worker: the package comes as a zip file, the function as a pickle."""
    cloudpickle = pytest.importorskip("pyspark.cloudpickle")
    archive = shutil.make_archive(str(tmp_path / "shipped"), "zip", PROJECT, "python_udfs")
    function = indicator_function(SETTINGS, engine)
    (tmp_path / "function").write_bytes(cloudpickle.dumps(function))
    (tmp_path / "batches").write_bytes(pickle.dumps(cut(events, 10)))
    program = (
        "import pickle, sys; sys.path.insert(0, sys.argv[1])\n"
        "import pyspark.cloudpickle\n"
        "function = pickle.load(open('function', 'rb'))\n"
        "rows = sum(b.num_rows for b in function(pickle.load(open('batches', 'rb'))))\n"
        "import python_udfs; print(rows, python_udfs.__file__.startswith(sys.argv[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, archive],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "6 True\n", done.stderr
