"""Which levels are still what a run would build, so that it need not build them.

Macros compare fingerprints of everything that a run depends on (macros/project/find_unchanged.sql).
This module gives them what SQL cannot see: the project's code, the environment, and local files
beside the CDR files. It also keeps the answer for the models of the run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from dbt.adapters.spark.impl import SparkAdapter

from dbt_gnuper.local_files import local_path
from dbt_gnuper.patches import add_for_macros

# Folders of the project that affect the contents of tables.
CODE = ("models", "macros", "seeds", "layouts", "python_udfs", "dbt_gnuper")
_unchanged: set[str] = set()


def code_version(project_root: Path) -> str:
    """A hash of the project's files and of the versions of all installed packages."""
    files = [project_root / "dbt_project.yml"]
    for folder in CODE:
        files += sorted(
            path
            for path in (project_root / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        )
    version = hashlib.sha256()
    for file in files:
        version.update(f"{file.relative_to(project_root)}\0".encode())
        version.update(hashlib.sha256(file.read_bytes()).digest())
    packages = sorted(f"{found.name} {found.version}" for found in metadata.distributions())
    version.update("\n".join(packages).encode())
    return version.hexdigest()


def versions_of_files(paths: Sequence[str]) -> list[dict[str, Any]]:
    """`path`, `size` in bytes, `mode` and `modified_at` (seconds since 1970) of the local ones of these
    files, and of those beside them that have the same name but for the ending: a shapefile is several
    files."""
    found = []
    for path in filter(None, map(local_path, paths)):
        for file in sorted(path.parent.glob("*")):
            if file.stem == path.stem and file.is_file():
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


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the parts of the fingerprint and the answer available to macros."""

    def set_unchanged(_: SparkAdapter, levels: Sequence[str]) -> None:
        _unchanged.clear()
        _unchanged.update(levels)

    add_for_macros(
        adapter,
        code_version=lambda self: code_version(Path(self.config.project_root)),
        versions_of_files=lambda _, paths: versions_of_files(paths),
        fingerprint=lambda _, parts: hashlib.sha256(
            json.dumps(parts, sort_keys=True, default=str).encode()
        ).hexdigest(),
        set_unchanged=set_unchanged,
        is_unchanged=lambda _, level: level in _unchanged,
    )
