"""Which levels are still what a run would build, so that it need not build them.

Macros compare fingerprints of everything that a run depends on (macros/project/find_unchanged.sql).
This module gives them what SQL cannot see: the project's code, the environment, and local files
beside the CDR files. It also keeps the answer for the models of the run.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from dbt.adapters.spark.impl import SparkAdapter
from dbt.config.runtime import RuntimeConfig

from dbt_gnuper.layouts import FOLDER as LAYOUTS
from dbt_gnuper.local_files import local_path
from dbt_gnuper.patches import add_for_macros, replace_methods

# What dbt reads of the project and affects the contents of tables.
CODE = ("dbt_project.yml", "models", "macros", "seeds")
# What Python imports: of the installed project, which another folder may be.
PYTHON = Path(__file__).resolve().parents[1]
PYTHON_CODE = ("dbt_gnuper", "python_udfs")
# Of the command that runs: its levels that are unchanged, and its inputs when it began.
_unchanged: set[str] = set()
_at_start: dict[str, Any] = {}


def _files(folder: Path, parts: Iterable[str]) -> Iterator[Path]:
    """The files of a folder with these names, or below folders with these names."""
    for part in parts:
        path = folder / part
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file


def _hash_of(folder: Path, parts: Iterable[str]) -> str:
    version = hashlib.sha256()
    for file in _files(folder, parts):
        version.update(f"{file.relative_to(folder)}\0".encode())
        version.update(hashlib.sha256(file.read_bytes()).digest())
    return version.hexdigest()


# As it was imported: what is edited later takes effect in the next process only.
_python_version = _hash_of(PYTHON, PYTHON_CODE)


@functools.cache
def _packages_version() -> str:
    """Of this process: what is installed later takes effect in the next one only."""
    packages = sorted(f"{found.name} {found.version}" for found in metadata.distributions())
    return hashlib.sha256("\n".join(packages).encode()).hexdigest()


def code_version(project_root: Path) -> list[str]:
    """Hashes of the project's files, of the layouts, of the Python code of this process, and of the
    versions of all installed packages."""
    return [
        _hash_of(project_root, CODE),
        _hash_of(LAYOUTS.parent, [LAYOUTS.name]),
        _python_version,
        _packages_version(),
    ]


def _with_their_parts(paths: Sequence[str]) -> Iterator[Path]:
    """The local ones of these files, and those beside them that have the same name but for the ending:
    a shapefile is several files."""
    for path in filter(None, map(local_path, paths)):
        for file in sorted(path.parent.glob("*")):
            if file.stem == path.stem and file.is_file():
                yield file


def versions_of_files(paths: Sequence[str]) -> list[dict[str, Any]]:
    """`path`, `size` in bytes, `mode` and `modified_at` (seconds since 1970) of the local ones of these
    files."""
    found = []
    for file in _with_their_parts(paths):
        status = file.stat()
        found.append(
            {
                "path": str(file),
                "size": status.st_size,
                "mode": status.st_mode,
                "modified_at": status.st_mtime,
            }
        )
    return found


def states_of_files(paths: Sequence[str]) -> list[list[int]]:
    """Numbers that change when another file is moved to the place of one of these, whatever its times."""
    states = [file.stat() for file in _with_their_parts(paths)]
    return [[status.st_ino, status.st_ctime_ns, status.st_mtime_ns] for status in states]


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the parts of the fingerprint and the answer available to macros."""
    start = adapter.__init__

    def start_with_code(self: SparkAdapter, config: Any, mp_context: Any) -> None:
        start(self, config, mp_context)
        if isinstance(config, RuntimeConfig):  # `dbt debug` has only a profile
            _at_start["code"] = code_version(Path(config.project_root))

    def set_unchanged(_: SparkAdapter, levels: Sequence[str]) -> None:
        _unchanged.clear()
        _unchanged.update(levels)

    def note_inputs(_: SparkAdapter, inputs: dict[str, Any]) -> None:
        _at_start["inputs"] = inputs

    # No issue asks for this. It is unnecessary as soon as dbt calls its plugins before it parses.
    replace_methods(adapter, __init__=start_with_code)
    add_for_macros(
        adapter,
        code_at_start=lambda _: _at_start["code"],
        code_version=lambda self: code_version(Path(self.config.project_root)),
        note_inputs=note_inputs,
        noted_inputs=lambda _: _at_start["inputs"],
        versions_of_files=lambda _, paths: versions_of_files(paths),
        states_of_files=lambda _, paths: states_of_files(paths),
        fingerprint=lambda _, parts: hashlib.sha256(
            json.dumps(parts, sort_keys=True, default=str).encode()
        ).hexdigest(),
        set_unchanged=set_unchanged,
        is_unchanged=lambda _, level: level in _unchanged,
    )
