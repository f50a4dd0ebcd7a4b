"""The function that Spark runs: it takes batches of events and gives one row of indicators per user.

    events
        .repartition("user_id")
        .sortWithinPartitions("user_id", *TOTAL_ORDER)
        .mapInArrow(indicator_function(settings, "compiled"), output_schema("bigint"))

The function refers to this package by name, so workers must be able to import it: either the
project's root is on their PYTHONPATH, or the folder is shipped as a zip file,
`shutil.make_archive(name, "zip", project_root, "python_udfs")`, with
`addArtifacts(zip_file, pyfile=True)`.

A user whose computation fails has a row too, with an error that says nothing about the person. Memory
holds at most BLOCK_ROWS events plus those of the largest user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_udfs.bandicoot_columns import INDICATOR_NAMES, NEEDED_COLUMNS
from python_udfs.bandicoot_events import (
    EVENT_COLUMNS,
    BandicootSettings,
    UnsortedEventsError,
    with_constants,
)

ENGINES = ("compiled", "reference")
BLOCK_ROWS = 50_000
OUTPUT_ROWS = 256

# An exception's own message is never passed on, because it may quote a value of a person.
_ERROR_TEXTS = {
    "UnsortedEventsError": "the events are not in order of time",
    "ArrowInvalid": "a value does not fit the type of its column",
    "ArrowNotImplementedError": "a column has a type that is not supported",
    "TypeError": "a column has a type that is not supported",
    "MemoryError": "there is not enough memory for this user",
}
_OTHER_ERROR = "the indicators could not be computed"

# Events and the first row of each user (one more entry: the number of rows) -> usable events per
# user, and a matrix with a row per user and a column per indicator, NaN where there is no value.
EngineResult = tuple[np.ndarray, np.ndarray]
Engine = Callable[[pa.Table, np.ndarray, BandicootSettings], EngineResult]
BatchFunction = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


@dataclass(frozen=True)
class Block:
    """Events of whole users. User i has the rows from starts[i] to starts[i + 1]."""

    events: pa.Table
    starts: np.ndarray

    @property
    def user_ids(self) -> pa.ChunkedArray:
        """One id per user, in order."""
        return self.events["user_id"].take(pa.array(self.starts[:-1]))

    @property
    def users(self) -> int:
        """The number of users."""
        return len(self.starts) - 1

    def part(self, first: int, end: int) -> Block:
        """The users from first to end (not included)."""
        starts = self.starts[first : min(end, self.users) + 1]
        return Block(self.events.slice(starts[0], starts[-1] - starts[0]), starts - starts[0])


def indicator_function(
    settings: BandicootSettings, engine: str = "compiled", cache_dir: str | None = None
) -> BatchFunction:
    """The function for mapInArrow.

    It takes batches with the columns user_id (text or whole number) and EVENT_COLUMNS, sorted by
    user_id and TOTAL_ORDER, with each user in one partition only, and gives batches as described
    by `output_schema`.

    engine: 'compiled', or 'reference' for the package bandicoot itself.
    cache_dir: where workers keep the compiled engine, see `bandicoot_compiled.load_kernels`.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine is {engine!r}; allowed are {', '.join(ENGINES)}")

    def indicators_of_users(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return map_users(batches, settings, engine, cache_dir)

    return indicators_of_users


def output_schema(user_id_type: str = "string") -> str:
    """The schema of the function's result, as Spark DDL.

    user_id: as it came in.
    error: NULL, or the kind of error that prevented this user's indicators.
    number_of_records: events used; NULL on error.
    indicators: 722 values in the order of INDICATOR_NAMES, each possibly NULL; NULL on error.
    """
    return (
        f"user_id {user_id_type}, error string, number_of_records bigint, indicators array<double>"
    )


def map_users(
    batches: Iterable[pa.RecordBatch],
    settings: BandicootSettings,
    engine: str,
    cache_dir: str | None = None,
    block_rows: int = BLOCK_ROWS,
) -> Iterator[pa.RecordBatch]:
    """One row per user; see `indicator_function`."""
    compute = _load_engine(engine, cache_dir)
    previous_id = None
    impossible = np.array([bool(needs & {*settings.missing_columns}) for needs in NEEDED_COLUMNS])
    for block in whole_users(batches, block_rows):
        _check_order_of_users(block, previous_id)
        previous_id = block.user_ids[-1]
        for first in range(0, block.users, OUTPUT_ROWS):
            part = block.part(first, first + OUTPUT_ROWS)
            part = Block(with_constants(part.events, settings.missing_columns), part.starts)
            numbers, indicators, errors = _compute_block(part, compute, settings)
            yield _output_batch(part, numbers, np.where(impossible, np.nan, indicators), errors)


def whole_users(batches: Iterable[pa.RecordBatch], block_rows: int) -> Iterator[Block]:
    """Collects batches into blocks of whole users with at least block_rows rows (except the last)."""
    complete: list[pa.RecordBatch] = []
    current: list[pa.RecordBatch] = []
    for given in batches:
        if given.num_rows == 0:
            continue
        batch = given.select(["user_id", *EVENT_COLUMNS])
        last_user = int(_run_starts(batch["user_id"])[-1])
        if last_user == 0 and current and current[-1]["user_id"][-1] == batch["user_id"][0]:
            current.append(batch)
            continue
        complete += [*current, batch.slice(0, last_user)]
        current = [batch.slice(last_user)]
        if sum(part.num_rows for part in complete) >= block_rows:
            yield _block(complete)
            complete = []
    if complete or current:
        yield _block(complete + current)


def error_text(error: Exception) -> str:
    """The class of the exception and a fixed sentence, without the exception's message."""
    name = type(error).__name__
    return f"{name}: {_ERROR_TEXTS.get(name, _OTHER_ERROR)}"


def _load_engine(name: str, cache_dir: str | None) -> Engine:
    """The engine's function for a block; only that engine's packages are imported."""
    if name == "reference":
        from python_udfs.bandicoot_reference import compute_users

        return compute_users
    from python_udfs import bandicoot_compiled

    return partial(bandicoot_compiled.compute_users, cache_dir=cache_dir)


def _block(parts: list[pa.RecordBatch]) -> Block:
    events = pa.Table.from_batches(parts)
    starts = _run_starts(events["user_id"].combine_chunks())
    return Block(events, np.append(starts, events.num_rows))


def _run_starts(ids: pa.Array) -> np.ndarray:
    """The positions at which an id differs from the one before it; 0 is the first."""
    if ids.null_count:
        raise ValueError("user_id is NULL in some events")
    changes = pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    return np.concatenate(([0], np.flatnonzero(changes) + 1))


def _check_order_of_users(block: Block, previous_id: pa.Scalar | None) -> None:
    """Raises UnsortedEventsError unless ids ascend: otherwise a user might get two rows."""
    ids = block.user_ids.combine_chunks()
    ascending = pc.all(pc.less(ids[:-1], ids[1:]), min_count=0).as_py()
    if previous_id is not None:
        ascending = ascending and pc.less(previous_id, ids[0]).as_py()
    if not ascending:
        raise UnsortedEventsError("the events are not sorted by user_id")


def _compute_block(
    block: Block, compute: Engine, settings: BandicootSettings
) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
    """Numbers of records, indicators, and an error or None, per user.

    If the whole block fails, its users are computed one by one to find those who fail.
    """
    try:
        return *compute(block.events, block.starts, settings), [None] * block.users
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not take others along
        if block.users == 1:
            return np.zeros(1, np.int64), np.zeros((1, len(INDICATOR_NAMES))), [error_text(error)]
    singles = [
        _compute_block(block.part(user, user + 1), compute, settings) for user in range(block.users)
    ]
    return (
        np.concatenate([number for number, _, _ in singles]),
        np.concatenate([indicators for _, indicators, _ in singles]),
        [errors[0] for _, _, errors in singles],
    )


def _output_batch(
    block: Block, numbers: np.ndarray, indicators: np.ndarray, errors: list[str | None]
) -> pa.RecordBatch:
    """The layout of `output_schema`; NaN becomes NULL, and so does everything of a failed user."""
    failed = pa.array([error is not None for error in errors])
    offsets = pa.array(np.arange(0, indicators.size + 1, indicators.shape[1]), pa.int32())
    values = pa.array(indicators.ravel(), pa.float64(), from_pandas=True)
    return pa.record_batch(
        {
            "user_id": block.user_ids.combine_chunks(),
            "error": pa.array(errors, pa.string()),
            "number_of_records": pa.array(numbers, pa.int64(), mask=np.array(failed)),
            "indicators": pa.ListArray.from_arrays(offsets, values, mask=failed),
        }
    )
