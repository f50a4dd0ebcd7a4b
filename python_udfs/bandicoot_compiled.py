"""The compiled engine: bandicoot's indicators for many users at once, without Python objects.

Its results equal those of the reference engine in every column, more than thirty times as fast.

Compiling takes half a minute, once per machine. The result is kept in files whose names depend on the
source code, so neither the place of the package nor an older version matters.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pkgutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_udfs.bandicoot_columns import INDICATOR_NAMES, INDICATORS
from python_udfs.bandicoot_events import (
    EVENT_COLUMNS,
    BandicootSettings,
    UnsortedEventsError,
    is_usable,
    is_value,
    known_id,
    seconds,
)

_HOUR = 3600


def compute_users(
    events: pa.Table, starts: np.ndarray, settings: BandicootSettings, cache_dir: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Number of records and indicators (NaN for NULL) of several users.

    events: as for `bandicoot_reference.compute_user`.
    starts: user i has the rows from starts[i] to starts[i + 1].
    cache_dir: where compiled code is kept, see `load_kernels`.
    """
    keep = is_usable(events)
    if not pc.all(keep, min_count=0).as_py():
        events = events.filter(keep)
        starts = np.append(0, np.cumsum(keep.to_numpy()))[starts]
    second = _array(seconds(events["event_at"]))
    _check_order(second, starts)
    contact, contact_codes = _codes(events["correspondent_id"])
    antenna, antenna_codes = _codes(events["antenna_id"])
    indicators = np.full((len(starts) - 1, len(INDICATOR_NAMES)), np.nan)
    load_kernels(cache_dir).indicators_of_users(
        starts,
        second,
        _array(is_value(events["interaction"], "call")),
        _array(is_value(events["direction"], "out")),
        contact,
        _array(pc.fill_null(events["call_duration"].cast(pa.int64()), 0)),
        antenna,
        _degrees(events["latitude"], events["antenna_id"]),
        _degrees(events["longitude"], events["antenna_id"]),
        contact_codes,
        antenna_codes,
        np.isin(np.arange(1, 8), settings.weekend_days),
        settings.night_begin * _HOUR,
        settings.night_end * _HOUR,
        _layout(),
        indicators,
    )
    return np.diff(starts), indicators


def warm_up(cache_dir: str | None = None, say: Callable[[str], None] = print) -> float:
    """Compiles the engine or loads it from the cache, and reports this; returns the seconds it took."""
    say("bandicoot's compiled engine: compiling (half a minute, once per machine) or loading it")
    began = time.perf_counter()
    no_events = pa.table(dict.fromkeys(EVENT_COLUMNS, pa.array([], pa.string())))
    no_events = no_events.set_column(0, "event_at", pa.array([], pa.timestamp("us")))
    compute_users(no_events, np.zeros(1, np.int64), BandicootSettings(), cache_dir)
    took = time.perf_counter() - began
    say(f"bandicoot's compiled engine: ready after {took:.1f} s")
    return took


@lru_cache
def load_kernels(cache_dir: str | None) -> ModuleType:
    """The module bandicoot_kernels, compiled code in cache_dir.

    Numba keeps compiled code beside a module's file and looks for it under that file's path. The
    package may be inside a zip file whose path changes with every session, so the module is loaded
    from a copy, named after its content and the versions it was made for, in cache_dir (default:
    NUMBA_CACHE_DIR, else the user's cache folder; if that cannot be written to, a temporary one).
    """
    source = pkgutil.get_data("python_udfs", "bandicoot_kernels.py")
    if source is None:
        raise ImportError("python_udfs/bandicoot_kernels.py is missing.")
    versions = f"{sys.version_info[:2]} {numba.__version__} {np.__version__}"
    name = f"bandicoot_kernels_{hashlib.sha256(source + versions.encode()).hexdigest()[:16]}"
    path = _writable_cache_folder(cache_dir) / f"{name}.py"
    if not path.exists():
        # Several workers may start at once: each writes its own file, and one of them wins.
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(source)
        Path(file.name).replace(path)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module of Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    # NUMBA_CACHE_DIR names the folder of the copies; the compiled code is always beside its copy.
    # Otherwise processes with and without the variable would not find the same code.
    config: Any = numba.config
    wanted, config.CACHE_DIR = config.CACHE_DIR, ""
    try:
        spec.loader.exec_module(module)
    finally:
        config.CACHE_DIR = wanted
    return module


def _writable_cache_folder(cache_dir: str | None) -> Path:
    """The folder for compiled code; a new temporary one when the wanted one cannot be written to.

    Files in the folder are executed, so nobody else may be able to write to it.
    """
    wanted = cache_dir or os.environ.get("NUMBA_CACHE_DIR")
    try:
        folder = Path(wanted) if wanted else Path.home() / ".cache" / "gnuper-on-dbt"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return Path(tempfile.mkdtemp(prefix="bandicoot-kernels-"))


@lru_cache(maxsize=1)
def _layout() -> np.ndarray:
    """Per indicator the number of its first column, and its number of columns per part."""
    widths = [
        max(1, len(indicator.interactions)) * max(1, len(indicator.statistics))
        for indicator in INDICATORS
    ]
    first = [
        next(i for i, name in enumerate(INDICATOR_NAMES) if name.startswith(f"{indicator.name}__"))
        for indicator in INDICATORS
    ]
    return np.array([first, widths]).T.copy()


def _check_order(second: np.ndarray, starts: np.ndarray) -> None:
    """Raises UnsortedEventsError when a user's events are not in order of time."""
    falls = np.flatnonzero(second[1:] < second[:-1]) + 1
    if not np.isin(falls, starts).all():
        raise UnsortedEventsError("the events of a user are not in order of time")


def _codes(ids: pa.ChunkedArray) -> tuple[np.ndarray, int]:
    """Ids as numbers from 0, and how many there are; all unknown ids have the last number."""
    encoded = pc.if_else(known_id(ids), ids, None).combine_chunks().dictionary_encode()
    unknown = len(encoded.dictionary)
    return _array(pc.fill_null(encoded.indices, unknown)), unknown + 1


def _degrees(column: pa.ChunkedArray, antenna: pa.ChunkedArray) -> np.ndarray:
    """Coordinates as floats; NaN when unknown, as they are without an antenna."""
    return _array(pc.if_else(known_id(antenna), column.cast(pa.float64()), None))


def _array(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """A copy as a numpy array. Arrow's own memory is read-only, another type to Numba."""
    return np.array(column.to_numpy(zero_copy_only=False))
